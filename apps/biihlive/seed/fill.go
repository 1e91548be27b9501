package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	cognitotypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/draw"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/network"
)

// password is that of all accounts, which are for trials.
const password = "Biihlive2026"

// A filler brings a network into the cloud.
type filler struct {
	options
	network  *network.Network
	words    *words
	progress *progress
	db       *dynamodb.Client
	objects  *s3.Client
	pool     *cognito.Client
	written  int // or would be
}

func newFiller(ctx context.Context, o options, n *network.Network, w *words, p *progress) (*filler, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(o.outputs.Region), config.WithSharedConfigProfile(o.profile))
	if err != nil {
		return nil, err
	}
	if o.endpoint != "" {
		cfg.BaseEndpoint = &o.endpoint
	}
	objects := s3.NewFromConfig(cfg, func(s *s3.Options) { s.UsePathStyle = s.BaseEndpoint != nil })
	return &filler{options: o, network: n, words: w, progress: p, db: dynamodb.NewFromConfig(cfg), objects: objects, pool: cognito.NewFromConfig(cfg)}, nil
}

// run fills in what is missing, in an order in which nothing names what is not
// there yet.
func (f *filler) run(ctx context.Context) error {
	if err := f.accounts(ctx); err != nil {
		return err
	}
	r := rows{f.network, f.outputs}
	for _, step := range []struct {
		name, table string
		items       []item
		key         []string
	}{
		{f.words.profiles, f.outputs.UsersTable, r.profiles(), []string{"userId"}},
		{f.words.follows, f.outputs.SocialTable, r.follows(), []string{"followerId", "SK"}},
		{f.words.conversations, f.outputs.ChatsTable, r.chats(), []string{"conversationId", "timestamp"}},
	} {
		if err := f.put(ctx, step.name, step.table, step.items, step.key); err != nil {
			return err
		}
	}
	if err := f.pictures(ctx, f.words.portraits, r.portraits()); err != nil {
		return err
	}
	if err := f.pictures(ctx, f.words.files, r.photos()); err != nil {
		return err
	}
	if err := f.put(ctx, f.words.photos, f.outputs.SocialTable, r.photoItems(), []string{"followerId", "SK"}); err != nil {
		return err
	}
	if f.dryRun || f.wait == 0 {
		return nil
	}
	return f.await(ctx)
}

// accounts makes the accounts that are missing, and learns the ids of all.
func (f *filler) accounts(ctx context.Context) error {
	for i := range f.network.Members {
		m := &f.network.Members[i]
		if !m.Account {
			continue
		}
		sub, err := f.account(ctx, m)
		if err != nil {
			return err
		}
		if sub != "" {
			m.ID = sub
		}
		f.progress.show(f.words.accounts, i+1-f.users, f.options.accounts)
	}
	return nil
}

func (f *filler) account(ctx context.Context, m *network.Member) (sub string, err error) {
	out, err := f.pool.AdminGetUser(ctx, &cognito.AdminGetUserInput{UserPoolId: &f.outputs.UserPoolID, Username: aws.String(m.Email())})
	attributes, status := []cognitotypes.AttributeType(nil), cognitotypes.UserStatusType("")
	if _, none := errors.AsType[*cognitotypes.UserNotFoundException](err); none {
		f.written++
		if f.dryRun {
			return "", nil
		}
		made, err := f.pool.AdminCreateUser(ctx, &cognito.AdminCreateUserInput{
			UserPoolId: &f.outputs.UserPoolID, Username: aws.String(m.Email()), MessageAction: cognitotypes.MessageActionTypeSuppress,
			UserAttributes: []cognitotypes.AttributeType{
				{Name: aws.String("email"), Value: aws.String(m.Email())}, {Name: aws.String("email_verified"), Value: aws.String("true")},
				{Name: aws.String("name"), Value: &m.Name}, {Name: aws.String("nickname"), Value: &m.Nickname},
			},
		})
		if err != nil {
			return "", err
		}
		attributes, status = made.User.Attributes, made.User.UserStatus
	} else if err != nil {
		return "", err
	} else {
		attributes, status = out.UserAttributes, out.UserStatus
	}
	if status != cognitotypes.UserStatusTypeConfirmed && !f.dryRun {
		if _, err := f.pool.AdminSetUserPassword(ctx, &cognito.AdminSetUserPasswordInput{
			UserPoolId: &f.outputs.UserPoolID, Username: aws.String(m.Email()), Password: aws.String(password), Permanent: true,
		}); err != nil {
			return "", err
		}
	}
	for _, a := range attributes {
		if aws.ToString(a.Name) == "sub" {
			return aws.ToString(a.Value), nil
		}
	}
	return "", fmt.Errorf("the account %s has no sub", m.Email())
}

// picture is an object, drawn only if it is missing.
type picture struct {
	key, keep string // what it is called, and how long it may be kept; "" is for the function to say
	draw      func() []byte
}

// pictures puts those that are missing, some at a time.
func (f *filler) pictures(ctx context.Context, step string, list []picture) error {
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		errs []error
		done int
	)
	free := make(chan struct{}, 8)
	for _, p := range list {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			wrote, err := f.picture(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			if wrote {
				f.written++
			}
			done++
			f.progress.show(step, done, len(list))
			errs = append(errs, err)
		})
		if ctx.Err() != nil {
			break
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

func (f *filler) picture(ctx context.Context, p picture) (missing bool, err error) {
	_, err = f.objects.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &f.outputs.MediaBucket, Key: &p.key})
	if response, ok := errors.AsType[*awshttp.ResponseError](err); !ok || response.HTTPStatusCode() != http.StatusNotFound {
		return false, err
	}
	if f.dryRun {
		return true, nil
	}
	in := &s3.PutObjectInput{Bucket: &f.outputs.MediaBucket, Key: &p.key, Body: bytes.NewReader(p.draw()), ContentType: aws.String("image/jpeg")}
	if p.keep != "" {
		in.CacheControl = &p.keep
	}
	_, err = f.objects.PutObject(ctx, in)
	return err == nil, err
}

// rows are a network as items and objects.
type rows struct {
	*network.Network
	outputs outputs
}

func millis(t time.Time) string { return fmt.Sprintf("%013d", t.UnixMilli()) }

func (r rows) portraits() (list []picture) {
	for i, m := range r.Members {
		if m.Portrait {
			list = append(list, picture{portraitKey(m), "", func() []byte { return draw.Portrait(uint64(i)) }})
		}
	}
	return list
}

func portraitKey(m network.Member) string {
	return "profile-photos/" + m.ID + "/photo_" + millis(m.Joined) + ".jpg"
}

func (r rows) photos() (list []picture) {
	const keep = "public, max-age=31536000, immutable"
	for i, m := range r.Members {
		for n, p := range m.Photos {
			seed := uint64(i)<<8 + uint64(n)
			list = append(list,
				picture{photoKey(m, "full", p), keep, func() []byte { return draw.Landscape(seed, 640, 480) }},
				picture{photoKey(m, "thumbnail", p), keep, func() []byte { return draw.Landscape(seed, 160, 160) }})
		}
	}
	return list
}

func photoKey(m network.Member, size string, p network.Photo) string {
	return "fotos/" + m.ID + "/" + size + "_" + millis(p.At) + ".jpg"
}

func (r rows) photoItems() (items []item) {
	for _, m := range r.Members {
		for _, p := range m.Photos {
			items = append(items, item{
				"followerId": m.ID, "SK": "PHOTO#" + millis(p.At), "userId": m.ID, "kind": "PHOTO", "timestamp": millis(p.At), "caption": p.Caption,
				"path": "/" + photoKey(m, "full", p), "thumbnail": "/" + photoKey(m, "thumbnail", p),
			})
		}
	}
	return items
}

func (r rows) profiles() (items []item) {
	for _, m := range r.Members {
		i := item{
			"userId": m.ID, "nickname": m.Nickname, "nicknameBusqueda": m.Nickname, "inicial": m.Nickname[:1], "nombreCompleto": m.Name,
			"ciudad": m.City, "pais": m.Country, "isOnline": false, "lastSeen": iso(m.Seen), "nivel": 1, "seguidores": 0, "siguiendo": 0, "puntos": 0,
		}
		if m.About != "" {
			i["descripcion"] = m.About
		}
		items = append(items, i)
	}
	return items
}

func (r rows) follows() (items []item) {
	for _, f := range r.Follows {
		a, b := r.Members[f.Follower].ID, r.Members[f.Followed].ID
		items = append(items, item{"followerId": a, "SK": "FOLLOWING#" + b, "followedId": b, "GSI1PK": b, "GSI1SK": "FOLLOWER#" + a, "since": iso(f.Since)})
	}
	return items
}

// chats are the messages, and each conversation in the inboxes of both.
func (r rows) chats() (items []item) {
	inbox := map[[2]string]item{}
	var order [][2]string
	for _, m := range r.Messages {
		from, to := r.Members[m.From].ID, r.Members[m.To].ID
		at := iso(m.At) + "#" + m.ID
		items = append(items, item{
			"conversationId": min(from, to) + "#" + max(from, to), "timestamp": at, "senderId": from, "receiverId": to, "message": m.Text, "readStatus": m.Read,
		})
		for _, side := range [][2]string{{from, to}, {to, from}} {
			if inbox[side] == nil {
				inbox[side] = item{"conversationId": "INBOX#" + side[0], "timestamp": side[1], "withUserId": side[1], "unread": 0}
				order = append(order, side)
			}
			inbox[side]["lastMessage"], inbox[side]["lastTimestamp"] = m.Text, at
		}
		if !m.Read {
			inbox[[2]string{to, from}]["unread"] = inbox[[2]string{to, from}]["unread"].(int) + 1
		}
	}
	for _, side := range order {
		items = append(items, inbox[side])
	}
	return items
}

// iso is a time as resolvers write it.
func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
