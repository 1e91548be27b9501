package provider

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func userKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:iam/user:User", Global: true,
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "path", Type: str, Default: "/", Replace: true},
				{Name: "permissionsBoundary", Type: str},
				{Name: "forceDestroy", Type: boolean, Default: false},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "uniqueId", "tagsAll"},
			Identity: []string{"name"},
			Name:     Naming{Property: "name", Max: 64},
			create:   createUser, read: readUser, update: updateUser, remove: removeUser,
			find: byInputs(func(r *Resource) string { return r.text("name") }, readUser),
		},
		attachment("aws:iam/userPolicyAttachment:UserPolicyAttachment", "user", "User"),
		{
			Token: "aws:iam/accessKey:AccessKey", Global: true,
			Inputs: []Property{
				{Name: "user", Type: str, Required: true, Replace: true},
				{Name: "status", Type: oneOf("Active", "Inactive"), Default: "Active"},
			},
			Computed: []string{
				"createDate", "secret", "sesSmtpPasswordV4",
				"encryptedSecret", "encryptedSesSmtpPasswordV4", "keyFingerprint",
			},
			Secrets: []string{"secret", "sesSmtpPasswordV4"},
			create:  createAccessKey, read: readAccessKey, update: updateAccessKey, remove: removeAccessKey,
		},
	}
}

func createUser(ctx context.Context, r *Resource) (string, error) {
	in := form("UserName", r.text("name"), "Path", r.text("path"), "PermissionsBoundary", r.text("permissionsBoundary"))
	if err := r.iam(ctx, "CreateUser", formTags(in, r.In["tags"]), nil); err != nil {
		return "", err
	}
	return r.text("name"), nil
}

func readUser(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		User struct{ Arn, UserId, UserName string } `xml:"GetUserResult>User"`
	}
	if err := r.iam(ctx, "GetUser", form("UserName", r.ID), &out); err != nil {
		return nil, err
	}
	return value.Map{"arn": out.User.Arn, "uniqueId": out.User.UserId, "name": out.User.UserName}, nil
}

func updateUser(ctx context.Context, r *Resource) error {
	if err := r.setBoundary(ctx, "User", "UserName"); err != nil {
		return err
	}
	return r.retagIAM(ctx, "User", "UserName")
}

func removeUser(ctx context.Context, r *Resource) error {
	if r.flag("forceDestroy") {
		if err := r.stripUser(ctx); err != nil {
			return unlessGone(err)
		}
	}
	return unlessGone(r.iam(ctx, "DeleteUser", form("UserName", r.ID), nil))
}

// stripUser takes away the keys and policies that keep a user from being deleted.
func (r *Resource) stripUser(ctx context.Context) error {
	var keys struct {
		IDs []string `xml:"ListAccessKeysResult>AccessKeyMetadata>member>AccessKeyId"`
	}
	if err := r.iam(ctx, "ListAccessKeys", form("UserName", r.ID), &keys); err != nil {
		return err
	}
	for _, id := range keys.IDs {
		if err := r.iam(ctx, "DeleteAccessKey", form("UserName", r.ID, "AccessKeyId", id), nil); unlessGone(err) != nil {
			return err
		}
	}
	return r.detachAll(ctx, "User")
}

func createAccessKey(ctx context.Context, r *Resource) (string, error) {
	var out struct {
		Key struct{ AccessKeyId, SecretAccessKey string } `xml:"CreateAccessKeyResult>AccessKey"`
	}
	if err := r.iam(ctx, "CreateAccessKey", form("UserName", r.text("user")), &out); err != nil {
		return "", err
	}
	// The secret is told only now; read carries it on.
	r.ID = out.Key.AccessKeyId
	r.Out = value.Map{"secret": out.Key.SecretAccessKey, "sesSmtpPasswordV4": smtpPassword(out.Key.SecretAccessKey, r.Region)}
	if r.text("status") == "Active" {
		return r.ID, nil
	}
	return r.ID, updateAccessKey(ctx, r)
}

func readAccessKey(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		Keys []struct{ AccessKeyId, CreateDate, Status string } `xml:"ListAccessKeysResult>AccessKeyMetadata>member"`
	}
	if err := r.iam(ctx, "ListAccessKeys", form("UserName", r.text("user")), &out); err != nil {
		return nil, err
	}
	for _, k := range out.Keys {
		if k.AccessKeyId == r.ID {
			return value.Map{
				"createDate": k.CreateDate, "status": k.Status,
				"secret": r.Out["secret"], "sesSmtpPasswordV4": r.Out["sesSmtpPasswordV4"],
				// These come of a pgpKey, which is not supported.
				"encryptedSecret": "", "encryptedSesSmtpPasswordV4": "", "keyFingerprint": "",
			}, nil
		}
	}
	return nil, errGone
}

func updateAccessKey(ctx context.Context, r *Resource) error {
	return r.iam(ctx, "UpdateAccessKey", form("UserName", r.text("user"), "AccessKeyId", r.ID, "Status", r.text("status")), nil)
}

func removeAccessKey(ctx context.Context, r *Resource) error {
	return unlessGone(r.iam(ctx, "DeleteAccessKey", form("UserName", r.text("user"), "AccessKeyId", r.ID), nil))
}

// smtpPassword derives the password SES takes over SMTP from a secret key, by
// the steps AWS publishes: a signature whose date and message are fixed.
func smtpPassword(secret, region string) string {
	sum := []byte("AWS4" + secret)
	for _, step := range []string{"11111111", region, "ses", "aws4_request", "SendRawEmail"} {
		h := hmac.New(sha256.New, sum)
		h.Write([]byte(step))
		sum = h.Sum(nil)
	}
	return base64.StdEncoding.EncodeToString(append([]byte{4}, sum...))
}
