package main

import (
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
)

// words are all that the command says, in one language.
type words struct {
	help, seeHelp string

	oneFolder, badOutputs, trialsDenied, whichStack, whichKey, staticDenied string
	badMode, badChunk, badJobs, badLang, noSongs                            string

	passes                                         [3]string
	left, uploaded, updated                        string
	unchanged, duplicate, failed                   string
	wouldUpload, wouldUpdate, duplicOf             string
	uploadedOne, updatedOne, failedOne, stoppedOne string
	songs, summary, drySummary, elapsed            string
	notUploaded, interrupted, remarks              string
	badTags, badCover                              string

	noFrames, junk, cutShort, silent, tooLarge        string
	missing, unreachable, noCredentials, noRegion     string
	kinds                                             map[string]string
	request, fileMissing, filePermission, fileChanged string
}

// wordsFor gives the words of the language.
func wordsFor(spanishSpoken bool) *words {
	if spanishSpoken {
		return &spanish
	}
	return &english
}

// outcome names what became of a song that was to be sent.
func (w *words) outcome(o seeding.Outcome) string {
	switch o {
	case seeding.Uploaded:
		return w.uploadedOne
	case seeding.Updated:
		return w.updatedOne
	case seeding.Failed:
		return w.failedOne
	}
	return w.stoppedOne
}
