// ProcessProfilePhoto makes the sizes of a photo that was put below
// profile-photos/, and takes everything but the picture out of it.
//
// Invariants:
//   - What it writes is not written again, also when events cross each other or come twice (TestOwnWrites).
//   - Only what is clean and says that it is a picture stays as it was put (TestUploadsThatSeemDone).
//   - A later photo stays in the profile, whichever is processed last (TestLaterPhotoStays).
//   - What is no photo, or nobody's, does not stay in the bucket (TestRefusedFiles).
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/env"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/publish"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		slog.Error("no configuration", "err", err)
		os.Exit(1)
	}
	v := env.Must("USERS_TABLE", "MEDIA_BUCKET", "GRAPHQL_URL")
	h := handler{
		objects: s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil }),
		db:      dynamodb.NewFromConfig(cfg), users: v[0], bucket: v[1],
		publisher: publish.Publisher{URL: v[2], Region: cfg.Region, Credentials: cfg.Credentials, HTTP: http.DefaultClient, Now: time.Now},
	}
	lambda.Start(h.handle)
}
