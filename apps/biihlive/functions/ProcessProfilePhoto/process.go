package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/photo"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/publish"
)

type handler struct {
	objects       *s3.Client
	db            *dynamodb.Client
	users, bucket string
	publisher     publish.Publisher
}

// uploaded is the key of a photo that a member put: who, and when.
var uploaded = regexp.MustCompile(`^profile-photos/([^/]+)/photo_([0-9]{13})\.jpg$`)

func (h *handler) handle(ctx context.Context, e events.S3Event) error {
	var errs []error
	for _, r := range e.Records {
		key, err := url.QueryUnescape(r.S3.Object.Key) // events escape keys as forms do
		if err != nil {
			return err
		}
		if m := uploaded.FindStringSubmatch(key); m != nil {
			errs = append(errs, h.process(ctx, upload{key, m[1], m[2]}))
		}
	}
	return errors.Join(errs...)
}

type upload struct{ key, userID, timestamp string }

// names of what is made of it.
func (u upload) full() string      { return "fotos/" + u.userID + "/full_" + u.timestamp + ".jpg" }
func (u upload) thumbnail() string { return "fotos/" + u.userID + "/thumbnail_" + u.timestamp + ".jpg" }

func (h *handler) process(ctx context.Context, u upload) error {
	file, etag, err := h.read(ctx, u.key)
	if _, gone := errors.AsType[*s3types.NoSuchKey](err); gone {
		return nil
	}
	if refused, ok := errors.AsType[*photo.Refused](err); ok {
		return h.refuse(ctx, u, refused)
	}
	if err != nil {
		return err
	}
	own, err := h.isOwn(ctx, u, etag)
	if err != nil {
		return err
	}
	if own { // the event is of what we wrote; we may not have come to the end
		return h.show(ctx, u)
	}
	set, err := photo.Process(file)
	if refused, ok := errors.AsType[*photo.Refused](err); ok {
		return h.refuse(ctx, u, refused)
	}
	if err != nil {
		return err
	}
	// First it is known what we are going to write, or we would take it for an upload.
	sum := md5.Sum(set.Profile)
	if err := h.remember(ctx, u, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	const forever, aDay = "public, max-age=31536000, immutable", "public, max-age=86400"
	for _, o := range []struct {
		key, keep string
		body      []byte
	}{{u.full(), forever, set.Full}, {u.thumbnail(), forever, set.Thumbnail}, {u.key, aDay, set.Profile}} {
		if err := h.write(ctx, o.key, o.keep, o.body); err != nil {
			return err
		}
	}
	slog.Info("processed", "key", u.key, "bytes", len(file), "now", len(set.Profile))
	return h.show(ctx, u)
}

func (h *handler) read(ctx context.Context, key string) (file []byte, etag string, err error) {
	out, err := h.objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &h.bucket, Key: &key})
	if err != nil {
		return nil, "", err
	}
	defer out.Body.Close()
	if aws.ToInt64(out.ContentLength) > photo.MaxBytes {
		return nil, "", &photo.Refused{Reason: fmt.Sprintf("the file has more than %d MB", photo.MaxBytes>>20)}
	}
	file, err = io.ReadAll(out.Body)
	return file, strings.Trim(aws.ToString(out.ETag), `"`), err
}

func (h *handler) write(ctx context.Context, key, keep string, body []byte) error {
	_, err := h.objects.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &h.bucket, Key: &key, Body: bytes.NewReader(body), ContentType: aws.String("image/jpeg"), CacheControl: &keep,
	})
	return err
}

func userKey(u upload) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: u.userID}}
}

// isOwn reports whether the file is what we wrote under this key.
func (h *handler) isOwn(ctx context.Context, u upload, etag string) (bool, error) {
	out, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &h.users, Key: userKey(u), ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("fotoProcesada"),
	})
	if err != nil {
		return false, err
	}
	v, ok := out.Item["fotoProcesada"].(*types.AttributeValueMemberS)
	return ok && v.Value == u.key+" "+etag, nil
}

func (h *handler) remember(ctx context.Context, u upload, etag string) error {
	return h.update(ctx, u, "SET fotoProcesada = :written REMOVE fotoError", "attribute_exists(userId)",
		map[string]types.AttributeValue{":written": &types.AttributeValueMemberS{Value: u.key + " " + etag}})
}

// show puts the photo into the profile, unless a later one is there.
func (h *handler) show(ctx context.Context, u upload) error {
	return h.change(ctx, u, "SET foto = :photo, fotoMiniatura = :thumbnail", "attribute_exists(userId) AND (attribute_not_exists(foto) OR foto < :photo)",
		map[string]types.AttributeValue{
			":photo": &types.AttributeValueMemberS{Value: "/" + u.key}, ":thumbnail": &types.AttributeValueMemberS{Value: "/" + u.thumbnail()},
		})
}

// refuse removes a file that is not to be shown, and says so in the profile.
func (h *handler) refuse(ctx context.Context, u upload, why *photo.Refused) error {
	slog.Warn("refused", "key", u.key, "reason", why.Reason)
	if _, err := h.objects.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &h.bucket, Key: &u.key}); err != nil {
		return err
	}
	return h.change(ctx, u, "SET fotoError = :reason", "attribute_exists(userId)",
		map[string]types.AttributeValue{":reason": &types.AttributeValueMemberS{Value: why.Reason}})
}

// change updates a profile and tells subscribers.
func (h *handler) change(ctx context.Context, u upload, expression, condition string, values map[string]types.AttributeValue) error {
	err := h.update(ctx, u, expression, condition, values)
	if _, no := errors.AsType[*types.ConditionalCheckFailedException](err); no {
		return nil // no member, or a later photo
	}
	if err != nil {
		return err
	}
	if err := h.publisher.User(ctx, u.userID); err != nil {
		slog.Warn("the profile was not published", "userId", u.userID, "err", err)
	}
	return nil
}

func (h *handler) update(ctx context.Context, u upload, expression, condition string, values map[string]types.AttributeValue) error {
	_, err := h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &h.users, Key: userKey(u), UpdateExpression: &expression, ConditionExpression: &condition, ExpressionAttributeValues: values,
	})
	return err
}
