package main

var english = words{
	help: `Encrypt a folder of MP3 files and bring them into fog-music.

Usage: fog-seed [options] FOLDER

Reads every .mp3 in FOLDER and below, encrypts its audio on this machine under a key of its own, stores
it and its cover in the media bucket, and last registers it in the catalogue. A song that is there
already is not sent again, so a run that was interrupted, or killed, is completed by running it again.

Where to:
  -o, --outputs FILE   outputs of the stack, as 'pulumi stack output --json' and 'niebla up' write them;
                       - reads them from standard input
      --bucket NAME    media bucket       (instead of the output mediaBucket)
      --table NAME     catalogue's table  (instead of the output catalogTable)
      --key KEY        KMS key: alias, id or ARN (instead of the output keyAlias)
      --endpoint URL   where the cloud is, when it is not AWS (else as usual: AWS_ENDPOINT_URL, profile)
      --region NAME    AWS region         (else the output region, AWS_REGION, profile)
      --profile NAME   profile of the AWS configuration (else AWS_PROFILE)

How:
      --mode MODE      kms: a data key for each song, wrapped by KMS (the default);
                       static: one key that everybody knows, only for stacks with the output trials
      --trials         the stack named by --bucket and --table is for trials
      --chunk KIB      encrypt in chunks of 64 (the default), 128 or 256 KiB
  -j, --jobs N         songs at once, 1 to 64 (default 4)
  -n, --dry-run        tell what would be done, and do nothing
      --plain          lines instead of progress bars; always so when the output is not a terminal
      --lang es|en     language (else that of LC_ALL, LC_MESSAGES or LANG)
  -h, --help           this

Examples:
  niebla up apps/fogmusic/infra --outputs stack.json && niebla run -- fog-seed -o stack.json ~/Music
  pulumi stack output --json | AWS_PROFILE=fog-music fog-seed -o - ~/Music
  fog-seed --dry-run --endpoint http://127.0.0.1:4566 --bucket fog-music-media --table Catalogo \
      --key alias/fog-music-songs ~/Music

Exit status:
  0    every song is in the cloud (or, with --dry-run, could be)
  1    some file failed, or the cloud cannot be used; the reasons were told
  2    the command line is wrong
  130  interrupted; run it again to go on

NO_COLOR is honoured.
`,
	seeHelp:      "Run 'fog-seed --help' for the options.",
	oneFolder:    "give one folder of MP3 files, not %d",
	badOutputs:   "cannot read the outputs in %s: %v",
	trialsDenied: "--trials: the outputs say that this stack is not for trials",
	whichStack:   "which stack? Give --outputs FILE, or --bucket and --table",
	whichKey:     "which key? Give --outputs FILE or --key, or --mode static on a stack for trials",
	staticDenied: "--mode static is refused: everybody knows its key, and this stack is not for trials (output trials, or --trials)",
	badMode:      "--mode %s: it is kms or static",
	badChunk:     "--chunk %d: it is 64, 128 or 256",
	badJobs:      "--jobs %d: it is 1 to 64",
	badLang:      "--lang %s: it is es or en",
	noSongs:      "no MP3 files in %s",

	passes:      [3]string{"Reading", "Comparing", "Uploading"},
	left:        "left",
	uploaded:    "uploaded",
	updated:     "updated",
	unchanged:   "unchanged",
	duplicate:   "the same as another",
	failed:      "failed",
	wouldUpload: "would upload",
	wouldUpdate: "would update",
	duplicOf:    "the same audio as %s",
	uploadedOne: "uploaded",
	updatedOne:  "updated",
	failedOne:   "failed",
	stoppedOne:  "stopped",
	songs:       "songs",
	summary:     "%d songs: %s",
	drySummary:  "%d songs, nothing done: %s",
	elapsed:     "%s in %s",
	notUploaded: "Not uploaded:",
	interrupted: "Interrupted: %d songs are left. Run it again to go on.",
	remarks:     "Remarks:",
	badTags:     "its tags cannot be read, the file's name stands in (%v)",
	badCover:    "its cover cannot be used, one was drawn (%v)",

	noFrames:       "corrupt MP3: no MPEG layer III frames in it",
	junk:           "corrupt MP3: %d of %d bytes are not audio, the first at byte %d",
	cutShort:       "corrupt MP3: cut short, %d frames of %d are there",
	silent:         "corrupt MP3: no sound in it",
	tooLarge:       "too large: %s, at most %s",
	missing:        "there is no %s %q: is the stack up, and are these its outputs?",
	unreachable:    "cannot reach %s: %s",
	noCredentials:  "no AWS credentials: set AWS_PROFILE, or start this with 'niebla run --' (%v)",
	noRegion:       "no AWS region: give --region, or set AWS_REGION",
	kinds:          map[string]string{"bucket": "bucket", "table": "table", "key": "KMS key"},
	request:        "%s %s: %s: %s (request %s)",
	fileMissing:    "there is no %s",
	filePermission: "%s may not be read",
	fileChanged:    "the file changed while it was being read",
}
