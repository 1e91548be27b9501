package niebla

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/fault"
	"github.com/niebla-cloud/niebla/internal/gateway"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/services/apigatewayv2"
	"github.com/niebla-cloud/niebla/internal/services/appsync"
	"github.com/niebla-cloud/niebla/internal/services/cloudfront"
	"github.com/niebla-cloud/niebla/internal/services/cloudwatch"
	"github.com/niebla-cloud/niebla/internal/services/cognitoidentity"
	"github.com/niebla-cloud/niebla/internal/services/cognitoidp"
	"github.com/niebla-cloud/niebla/internal/services/costexplorer"
	"github.com/niebla-cloud/niebla/internal/services/dynamodb"
	"github.com/niebla-cloud/niebla/internal/services/events"
	"github.com/niebla-cloud/niebla/internal/services/iam"
	"github.com/niebla-cloud/niebla/internal/services/kms"
	"github.com/niebla-cloud/niebla/internal/services/lambda"
	"github.com/niebla-cloud/niebla/internal/services/logs"
	"github.com/niebla-cloud/niebla/internal/services/s3"
	"github.com/niebla-cloud/niebla/internal/services/sns"
	"github.com/niebla-cloud/niebla/internal/services/sqs"
	"github.com/niebla-cloud/niebla/internal/services/sts"
	"github.com/niebla-cloud/niebla/internal/store"
)

// assembly is the services of a cloud and the gateway over them. A reset
// replaces it whole.
type assembly struct {
	services []service.Service
	gateway  *gateway.Handler
	clock    *clock.Clock
	meter    *meter.Meter
	faults   *fault.Set
	watch    *cloudwatch.Service
	bills    *costexplorer.Service

	// What the first page lists:
	buckets       *s3.Service
	distributions *cloudfront.Service

	stop    context.CancelFunc
	workers sync.WaitGroup
}

// assemble is the composition root: the one place that knows every service
// and what each is given.
func assemble(cfg *Config, db *store.DB, records *meter.Recorder) (*assembly, error) {
	ids := aws.NewIDs(cfg.Rand)
	blobs, err := openBlobs(cfg, ids)
	if err != nil {
		return nil, err
	}

	now, err := openClock(cfg, db)
	if err != nil {
		return nil, err
	}
	a := &assembly{clock: now, meter: meter.Open(db, now.Now), faults: fault.NewSet(ids, now.Now)}
	in := &inside{}
	targets := &deliver.Router{}

	users := iam.New(iam.Deps{DB: db, IDs: ids})
	sessions := sts.NewSessions(sts.SessionsDeps{DB: db, IDs: ids, Now: now.Now, Identities: users})
	in.sessions = sessions
	identity := &identity{cfg: cfg, users: users, sessions: sessions, root: root(aws.AccountID(cfg.Account), cfg.RootKey)}
	pools := &triggers{}
	people := cognitoidp.New(cognitoidp.Deps{DB: db, IDs: ids, Meter: a.meter, Mail: mail.NewBox(db), Triggers: pools})
	guests := cognitoidentity.New(cognitoidentity.Deps{DB: db, IDs: ids, Now: now.Now, Roles: sessions, Verifiers: []cognitoidentity.Verifier{poolLogins{people}}})
	tokens := sts.New(sts.Deps{Sessions: sessions, Verifiers: []sts.Verifier{guests}})
	keys := kms.New(kms.Deps{DB: db, IDs: ids, Now: now.Now})
	tables := dynamodb.New(dynamodb.Deps{DB: db, IDs: ids, Clock: now, Meter: a.meter, Keys: newDataKeys(keys, identity, "dynamodb"), Objects: tableFiles{in}, Caller: in, Log: cfg.Log, Throttle: cfg.Throttle})
	buckets := s3.New(s3.Deps{DB: db, Blobs: blobs, IDs: ids, Now: now.Now, Keys: newDataKeys(keys, identity, "s3"), Authorizer: identity, Credentials: identity, Targets: targets, Log: cfg.Log, Clock: now, Meter: a.meter})

	logGroups := logs.New(logs.Deps{DB: db, Clock: now, Meter: a.meter, Authorizer: identity})
	targets.Mount("logs", logGroups)
	a.watch = cloudwatch.New(cloudwatch.Deps{DB: db, IDs: ids, Clock: now, Meter: a.meter, Targets: targets, Log: cfg.Log})
	a.bills = costexplorer.New(costexplorer.Deps{Meter: a.meter})

	queues := sqs.New(sqs.Deps{DB: db, IDs: ids, Clock: now, Meter: a.meter, Authorizer: identity})
	targets.Mount("sqs", queues)
	topics := sns.New(sns.Deps{
		DB: db, IDs: ids, Clock: now, Meter: a.meter, Mail: mail.NewBox(db), Targets: targets, Authorizer: identity, Post: post,
	})
	targets.Mount("sns", topics)
	bridge := events.New(events.Deps{DB: db, IDs: ids, Clock: now, Meter: a.meter, Targets: targets, Authorizer: identity})
	targets.Mount("events", bridge)

	distributions, err := cloudfront.New(cloudfront.Deps{DB: db, IDs: ids, Now: now.Now, Meter: a.meter, Edge: edgeConfig(cfg, ids, now.Now, in)})
	if err != nil {
		return nil, err
	}

	a.buckets, a.distributions = buckets, distributions
	a.services = []service.Service{buckets, tables, tables.Streams(), users, tokens, keys, people, guests, logGroups, queues, topics, bridge, distributions, a.watch, a.bills}
	functions, err := newLambda(cfg, db, in, lambda.Deps{IDs: ids, Clock: now, Log: cfg.Log, Roles: sessions, Authorizer: identity, Targets: targets, Streams: tables, Faults: a.faults, Meter: a.meter})
	if err != nil {
		return nil, err
	}
	targets.Mount("lambda", functions)
	pools.functions = functions
	httpAPIs := apigatewayv2.New(apigatewayv2.Deps{DB: db, IDs: ids, Now: now.Now, Meter: a.meter, Functions: callable{functions}})
	graphs := appsync.New(appsync.Deps{DB: db, IDs: ids, Now: now.Now, Log: cfg.Log, Caller: in, Roles: in, Authorizer: identity, Users: graphUsers{people},
		Functions: graphFunctions{functions}, Clock: now, Meter: a.meter, Credentials: identity, Signers: cfg.Signers})
	a.services = append(a.services, functions, graphs, httpAPIs)

	a.gateway = gateway.New(gateway.Config{
		Services: a.services,
		Identity: identity,
		Log:      cfg.Log,
		Now:      now.Now,
		Signers:  cfg.Signers,
		Faults:   a.faults,
		IDs:      ids,
		Default:  aws.Scope{Account: aws.AccountID(cfg.Account), Region: aws.Region(cfg.Region)},
		Recorder: records,
		Strict:   cfg.Strict,
		Guarded:  cfg.guarded(),
		Hosts:    cfg.Hosts,
	})
	in.gateway = a.gateway
	a.work(cfg)
	return a, nil
}

// ahead is by how much the clock was moved, in nanoseconds.
var ahead = store.NewTable[int64]("clock/ahead")

func openClock(cfg *Config, db *store.DB) (*clock.Clock, error) {
	var by int64
	err := db.View(func(tx *store.Tx) error {
		by, _ = ahead.Get(tx, aws.Scope{})
		return nil
	})
	return clock.New(cfg.Now, time.Duration(by)), err
}

func openBlobs(cfg *Config, ids *aws.IDs) (blob.Store, error) {
	if cfg.Dir == "" {
		return blob.NewMemory(ids), nil
	}
	return blob.OpenDisk(filepath.Join(cfg.Dir, "blobs"), ids)
}

// work starts what services do in the background.
func (a *assembly) work(cfg *Config) {
	ctx, stop := context.WithCancel(context.Background())
	a.stop = stop
	a.workers.Go(func() {
		if err := a.meter.Run(ctx); err != nil {
			cfg.Log.Error("measurements are not written down any more", "err", err)
		}
	})
	for _, s := range a.services {
		if w, ok := s.(service.Worker); ok {
			a.workers.Go(func() {
				if err := w.Run(ctx); err != nil && ctx.Err() == nil {
					cfg.Log.Error("background work ended", "service", s.Info().Name, "err", err)
				}
			})
		}
	}
}

// hurry ends requests that wait for something to happen.
func (a *assembly) hurry() {
	for _, s := range a.services {
		if w, ok := s.(service.Waiter); ok {
			w.Hurry()
		}
	}
}

func (a *assembly) close() error {
	a.stop()
	a.workers.Wait()
	var errs []error
	for _, s := range a.services {
		if c, ok := s.(service.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(append(errs, a.meter.Flush())...) // also of what was counted last
}

func (a *assembly) names() []string {
	var names []string
	for _, s := range a.services {
		if name := s.Info().Name; !slices.Contains(names, name) { // one name may have two APIs
			names = append(names, name)
		}
	}
	return names
}

// identity is what the gateway asks of IAM and STS, and the root key pair.
type identity struct {
	cfg      *Config
	users    *iam.Service
	sessions *sts.Sessions
	root     *aws.Principal // of the configured account
}

// Open implements gateway.Identity.
func (i *identity) Open(_ context.Context, accessKey, token string) (*aws.Principal, string, error) {
	switch {
	case token != "":
		p, secret, err := i.sessions.Open(accessKey, token)
		switch {
		case errors.Is(err, sts.ErrBadToken):
			err = gateway.ErrBadToken
		case errors.Is(err, sts.ErrExpiredToken):
			err = gateway.ErrExpiredToken
		}
		return p, secret, err
	case accessKey == i.cfg.RootKey:
		return i.root, i.cfg.RootSecret, nil
	case i.numbered(accessKey):
		return root(aws.AccountID(accessKey), accessKey), DevelopmentSecret, nil
	}
	p, secret, ok, err := i.users.Credential(accessKey)
	if err == nil && !ok {
		err = gateway.ErrUnknownKey
	}
	return p, secret, err
}

// numbered reports whether an access key is an account's number, which with
// the well-known secret makes the caller the account's root. It is not a way
// around a root key pair that somebody chose.
func (i *identity) numbered(accessKey string) bool {
	chosen := accessKey == i.cfg.Account && i.cfg.RootSecret != DevelopmentSecret
	return i.cfg.guarded() && accountPattern.MatchString(accessKey) && !chosen
}

func root(account aws.AccountID, accessKey string) *aws.Principal {
	return &aws.Principal{
		Kind: aws.Root, Account: account, ID: string(account), AccessKey: accessKey,
		ARN: aws.MakeARN("iam", aws.Scope{Account: account}, "root"),
	}
}

// Authorize implements gateway.Identity.
func (i *identity) Authorize(ctx context.Context, c *aws.Call, a []service.Access) (policy.Decision, error) {
	return i.users.Authorize(ctx, c, a)
}

// Allowed answers services that must know what else a caller may do.
func (i *identity) Allowed(ctx context.Context, c *aws.Call, a service.Access) bool {
	d, err := i.Authorize(ctx, c, []service.Access{a})
	return err == nil && d.Allowed
}
