// Package backend tests that a bucket of Niebla holds a team's Pulumi state:
// docs/team.md, with the library Pulumi's own backend uses, gocloud.dev's
// s3blob, and two developers at once.
package backend
