// Package pulumi tests Niebla with Pulumi's own clients: programs on the
// official SDK against `niebla up`, and the state backend's blob library with
// two developers at once. The script team runs the real Pulumi CLI.
package pulumi
