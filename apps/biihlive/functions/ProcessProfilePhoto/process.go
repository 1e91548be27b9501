package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"regexp"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

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
			errs = append(errs, err)
			continue
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

// How long what is written may be kept. Photos never change; the picture of a
// profile may.
const forever, aDay = "public, max-age=31536000, immutable", "public, max-age=86400"

// process makes the sizes of a photo. That it writes one of them under the key
// of the upload is an event again, which finds a clean photo and all else done.
func (h *handler) process(ctx context.Context, u upload) error {
	known, err := h.isMember(ctx, u)
	if err != nil {
		return err
	}
	if !known {
		return h.refuse(ctx, u, &photo.Refused{Reason: "nobody is " + u.userID})
	}
	file, clean, err := h.read(ctx, u.key)
	if _, gone := errors.AsType[*s3types.NoSuchKey](err); gone {
		return nil
	}
	var set *photo.Set
	if err == nil {
		set, err = photo.Process(file)
	}
	if refused, ok := errors.AsType[*photo.Refused](err); ok {
		return h.refuse(ctx, u, refused)
	}
	if err != nil {
		return err
	}
	if err := h.add(ctx, u.full(), set.Full); err != nil {
		return err
	}
	if err := h.add(ctx, u.thumbnail(), set.Thumbnail); err != nil {
		return err
	}
	if !clean {
		if err := h.write(ctx, &s3.PutObjectInput{Key: &u.key, CacheControl: aws.String(aDay)}, set.Profile); err != nil {
			return err
		}
		slog.Info("processed", "key", u.key, "bytes", len(file), "now", len(set.Profile))
	}
	return h.show(ctx, u)
}

// isMember reports whether the photo is of somebody who has a profile.
func (h *handler) isMember(ctx context.Context, u upload) (bool, error) {
	out, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &h.users, Key: userKey(u), ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("userId"),
	})
	return err == nil && out.Item != nil, err
}

// read reads an upload, and whether it is such that it can stay: then it may be
// what we wrote ourselves.
func (h *handler) read(ctx context.Context, key string) (file []byte, clean bool, err error) {
	out, err := h.objects.GetObject(ctx, &s3.GetObjectInput{Bucket: &h.bucket, Key: &key})
	if err != nil {
		return nil, false, err
	}
	defer out.Body.Close()
	file, err = io.ReadAll(io.LimitReader(out.Body, photo.MaxBytes+1))
	clean = photo.Clean(file) && aws.ToString(out.ContentType) == contentType && aws.ToString(out.CacheControl) == aDay
	return file, clean, err
}

// add writes a photo, unless it is there: those never change.
func (h *handler) add(ctx context.Context, key string, body []byte) error {
	err := h.write(ctx, &s3.PutObjectInput{Key: &key, CacheControl: aws.String(forever), IfNoneMatch: aws.String("*")}, body)
	if api, ok := errors.AsType[smithy.APIError](err); ok && api.ErrorCode() == "PreconditionFailed" {
		return nil
	}
	return err
}

const contentType = "image/jpeg"

func (h *handler) write(ctx context.Context, in *s3.PutObjectInput, body []byte) error {
	in.Bucket, in.Body, in.ContentType = &h.bucket, bytes.NewReader(body), aws.String(contentType)
	_, err := h.objects.PutObject(ctx, in)
	return err
}

func userKey(u upload) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: u.userID}}
}

// show puts the photo into the profile, unless a later one is there.
func (h *handler) show(ctx context.Context, u upload) error {
	return h.change(ctx, u, "SET foto = :photo, fotoMiniatura = :thumbnail REMOVE fotoError, fotoRechazada", "attribute_exists(userId) AND (attribute_not_exists(foto) OR foto < :photo)",
		map[string]types.AttributeValue{
			":photo": &types.AttributeValueMemberS{Value: "/" + u.key}, ":thumbnail": &types.AttributeValueMemberS{Value: "/" + u.thumbnail()},
		})
}

// refuse removes a file that is not to be shown, and says so in the profile,
// unless a later photo is there.
func (h *handler) refuse(ctx context.Context, u upload, why *photo.Refused) error {
	slog.Warn("refused", "key", u.key, "reason", why.Reason)
	if _, err := h.objects.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &h.bucket, Key: &u.key}); err != nil {
		return err
	}
	return h.change(ctx, u, "SET fotoError = :reason, fotoRechazada = :photo",
		"attribute_exists(userId) AND (attribute_not_exists(foto) OR foto < :photo) AND (attribute_not_exists(fotoRechazada) OR fotoRechazada < :photo)",
		map[string]types.AttributeValue{
			":photo": &types.AttributeValueMemberS{Value: "/" + u.key}, ":reason": &types.AttributeValueMemberS{Value: why.Reason},
		})
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
