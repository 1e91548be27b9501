package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// options is a command line that makes sense.
type options struct {
	outputs                     outputs
	users, accounts             int
	seed                        uint64
	wait                        time.Duration
	dryRun, plain               bool
	endpoint, profile, language string
}

// outputs are those of the stack that are needed here.
type outputs struct {
	Region      string `json:"region"`
	UsersTable  string `json:"usersTable"`
	SocialTable string `json:"socialTable"`
	ChatsTable  string `json:"chatsTable"`
	MediaBucket string `json:"mediaBucket"`
	UserPoolID  string `json:"userPoolId"`
	Trials      any    `json:"trials"` // a bool, or its text
}

func (o *options) flags() (f *pflag.FlagSet, outputs *string) {
	f = pflag.NewFlagSet("biihlive-seed", pflag.ContinueOnError)
	f.Usage = func() {}
	outputs = f.StringP("outputs", "o", "", "")
	f.IntVar(&o.users, "users", 200, "")
	f.IntVar(&o.accounts, "accounts", 0, "")
	f.Uint64Var(&o.seed, "seed", 1, "")
	f.DurationVar(&o.wait, "wait", 5*time.Minute, "")
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "")
	f.BoolVar(&o.plain, "plain", false, "")
	f.StringVar(&o.endpoint, "endpoint", "", "")
	f.StringVar(&o.profile, "profile", "", "")
	f.StringVar(&o.language, "lang", "", "")
	return f, outputs
}

// parse reads the command line. Its errors are the user's mistakes.
func parse(args []string, w *words) (o options, err error) {
	f, file := o.flags()
	if err := f.Parse(args); err != nil {
		return o, err
	}
	switch {
	case f.NArg() != 0:
		return o, fmt.Errorf(w.noArguments, f.Arg(0))
	case *file == "":
		return o, errors.New(w.whichStack)
	case o.users < 0 || o.users > 100_000 || o.accounts < 0 || o.accounts > 1000:
		return o, errors.New(w.badNumber)
	case o.language != "" && o.language != "es" && o.language != "en":
		return o, fmt.Errorf(w.badLang, o.language)
	}
	if o.outputs, err = readOutputs(*file); err != nil {
		return o, fmt.Errorf(w.badOutputs, *file, err)
	}
	if s := o.outputs; s.UsersTable == "" || s.SocialTable == "" || s.ChatsTable == "" || s.MediaBucket == "" || s.UserPoolID == "" {
		return o, fmt.Errorf(w.otherOutputs, *file)
	}
	if o.outputs.Trials != true && o.outputs.Trials != "true" {
		return o, errors.New(w.noTrials)
	}
	return o, nil
}

func readOutputs(path string) (o outputs, err error) {
	in := io.Reader(os.Stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return o, err
		}
		defer f.Close()
		in = f
	}
	return o, json.NewDecoder(in).Decode(&o)
}

// spanishSpoken tells whether the command speaks Spanish: --lang decides, then
// POSIX' variables in order.
func spanishSpoken(args []string, getenv func(string) string) bool {
	language := ""
	for _, name := range []string{"LANG", "LC_MESSAGES", "LC_ALL"} {
		if v := getenv(name); v != "" {
			language = v
		}
	}
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			language = v
		} else if a == "--lang" && i+1 < len(args) {
			language = args[i+1]
		}
	}
	return strings.HasPrefix(strings.ToLower(language), "es")
}
