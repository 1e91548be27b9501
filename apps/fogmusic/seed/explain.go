package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/cloud"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/song"
)

// explain says in one line what went wrong, and where it is known, what to do.
func (w *words) explain(err error) string {
	var (
		corrupt *mp3.CorruptError
		large   *song.TooLargeError
		missing *cloud.MissingError
		path    *fs.PathError
	)
	switch {
	case errors.As(err, &corrupt):
		return w.explainCorrupt(corrupt)
	case errors.As(err, &large):
		return fmt.Sprintf(w.tooLarge, size(large.Size), size(song.MaxSize))
	case errors.As(err, &missing):
		return fmt.Sprintf(w.missing, w.kinds[missing.Kind], missing.Name)
	case errors.Is(err, seeding.ErrChanged):
		return w.fileChanged
	case errors.As(err, &path) && errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf(w.fileMissing, path.Path)
	case errors.As(err, &path) && errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf(w.filePermission, path.Path)
	}
	return w.explainAWS(err)
}

func (w *words) explainCorrupt(e *mp3.CorruptError) string {
	switch e.Flaw {
	case mp3.Junk:
		return fmt.Sprintf(w.junk, e.Have, e.Want, e.At)
	case mp3.CutShort:
		return fmt.Sprintf(w.cutShort, e.Have, e.Want)
	case mp3.Silent:
		return w.silent
	}
	return w.noFrames
}

// explainAWS makes short work of the SDK's nested errors.
func (w *words) explainAWS(err error) string {
	var (
		op     *smithy.OperationError
		api    smithy.APIError
		resp   *awshttp.ResponseError
		where  *url.Error
		region *aws.MissingRegionError
	)
	id := "-"
	if errors.As(err, &resp) && resp.RequestID != "" {
		id = resp.RequestID
	}
	switch {
	case errors.As(err, &op) && errors.As(err, &api):
		return fmt.Sprintf(w.request, op.ServiceID, op.OperationName, api.ErrorCode(), oneLine(api.ErrorMessage()), id)
	case errors.As(err, &where):
		return fmt.Sprintf(w.unreachable, host(where.URL), oneLine(where.Err.Error()))
	case errors.As(err, &region), strings.Contains(err.Error(), "Missing Region"):
		return w.noRegion
	case strings.Contains(err.Error(), "get identity"), strings.Contains(err.Error(), "credentials"):
		return fmt.Sprintf(w.noCredentials, oneLine(err.Error()))
	}
	return oneLine(err.Error())
}

func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	return u.Scheme + "://" + u.Host
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
