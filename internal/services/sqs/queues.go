package sqs

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// queue is a queue as stored.
type queue struct {
	Name       string
	UID        uint64            // of its messages' keys: a queue made anew under the name has another
	Attributes map[string]string // that were set, in the form in which they are shown
	Tags       map[string]string
	Created    time.Time
	Modified   time.Time
	Purged     time.Time

	scope aws.Scope // where it was found
}

func (q *queue) arn() aws.ARN { return queueARN(q.scope, q.Name) }

func queueARN(s aws.Scope, name string) aws.ARN { return aws.MakeARN("sqs", s, name) }

func (q *queue) url(c *aws.Call) string {
	return c.Origin() + "/" + string(q.scope.Account) + "/" + q.Name
}

// namePattern is of standard queues; those of FIFO queues end with ".fifo".
var namePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// locate tells which queue a URL is of. Its host does not matter: a client may
// know us by another one.
func locate(c *aws.Call, address string) (aws.Scope, string, error) {
	if address == "" {
		return aws.Scope{}, "", errMissing("QueueUrl")
	}
	u, err := url.Parse(address)
	if err != nil {
		return aws.Scope{}, "", errInvalidAddress(address)
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 || len(parts[len(parts)-2]) != 12 {
		return aws.Scope{}, "", errInvalidAddress(address)
	}
	return aws.Scope{Account: aws.AccountID(parts[len(parts)-2]), Region: c.Region}, parts[len(parts)-1], nil
}

// get returns a queue.
func (s *Service) get(tx *store.Tx, at aws.Scope, name string) (queue, error) {
	q, ok := s.queues.Get(tx, at, name)
	if !ok {
		return queue{}, errNoQueue()
	}
	q.scope = at
	return q, nil
}

func (s *Service) find(tx *store.Tx, c *aws.Call, address string) (queue, error) {
	at, name, err := locate(c, address)
	if err != nil {
		return queue{}, err
	}
	return s.get(tx, at, name)
}

// read returns the queue that a URL names.
func (s *Service) read(c *aws.Call, address string) (q queue, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		q, err = s.find(tx, c, address)
		return err
	})
	return q, err
}

// change applies f to a queue, and stores it.
func (s *Service) change(c *aws.Call, address string, f func(*store.Tx, *queue) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		q, err := s.find(tx, c, address)
		if err != nil {
			return err
		}
		if err := f(tx, &q); err != nil {
			return err
		}
		s.queues.Put(tx, q.scope, q, q.Name)
		return nil
	})
}

// access is what a request wants to do with a queue.
func (s *Service) access(q *queue, action string) (service.Access, error) {
	p, err := s.policies.Compile(q.Attributes["Policy"])
	return service.Access{Action: "sqs:" + action, Resource: q.arn(), ResourcePolicy: p, Owner: q.scope.Account}, err
}

// aboutQueue is an input that names a queue by its URL.
type aboutQueue[In any] interface {
	*In
	url() string
}

// onQueue authorises against the queue that an input names.
func onQueue[In any, P aboutQueue[In]](s *Service, action string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		q, err := s.read(c, P(in).url())
		if err != nil {
			return nil, err
		}
		a, err := s.access(&q, action)
		return []service.Access{a}, err
	}
}

func onListQueues(_ context.Context, c *aws.Call, _ *ListQueuesInput) ([]service.Access, error) {
	return []service.Access{{Resource: queueARN(c.Scope, "*")}}, nil
}

func (s *Service) onCreateQueue(_ context.Context, c *aws.Call, in *CreateQueueInput) ([]service.Access, error) {
	a := service.Access{Resource: queueARN(c.Scope, in.QueueName)}
	if len(in.Tags) > 0 {
		a.Keys = map[string][]string{"aws:TagKeys": slices.Sorted(maps.Keys(in.Tags))}
		for k, v := range in.Tags {
			a.Keys["aws:RequestTag/"+k] = []string{v}
		}
	}
	return []service.Access{a}, nil
}

func (s *Service) onGetQueueURL(_ context.Context, c *aws.Call, in *GetQueueUrlInput) ([]service.Access, error) {
	q, err := s.byName(c, in)
	if err != nil {
		return nil, err
	}
	a, err := s.access(&q, "GetQueueUrl")
	return []service.Access{a}, err
}

func (s *Service) byName(c *aws.Call, in *GetQueueUrlInput) (q queue, err error) {
	if in.QueueName == "" {
		return queue{}, errMissing("QueueName")
	}
	at := c.Scope
	if in.QueueOwnerAWSAccountId != "" {
		at.Account = aws.AccountID(in.QueueOwnerAWSAccountId)
	}
	err = s.DB.View(func(tx *store.Tx) error {
		q, err = s.get(tx, at, in.QueueName)
		return err
	})
	return q, err
}

func (s *Service) createQueue(_ context.Context, c *aws.Call, in *CreateQueueInput) (*CreateQueueOutput, error) {
	switch {
	case in.QueueName == "":
		return nil, errMissing("QueueName")
	case strings.HasSuffix(in.QueueName, ".fifo") || in.Attributes["FifoQueue"] != "":
		return nil, errFIFO()
	case !namePattern.MatchString(in.QueueName):
		return nil, errQueueName()
	}
	var made queue
	err := s.DB.Update(func(tx *store.Tx) error {
		old, exists := s.queues.Get(tx, c.Scope, in.QueueName)
		if exists {
			old.scope = c.Scope
			made = old
			return sameAttributes(&old, in.Attributes)
		}
		made = queue{
			Name: in.QueueName, UID: tx.Sequence(), Attributes: map[string]string{}, Tags: in.Tags,
			Created: c.Time, Modified: c.Time, scope: c.Scope,
		}
		if err := checkTags(made.Tags); err != nil {
			return err
		}
		if err := s.setAttributes(tx, &made, in.Attributes); err != nil {
			return err
		}
		s.queues.Put(tx, c.Scope, made, made.Name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &CreateQueueOutput{made.url(c)}, nil
}

func (s *Service) getQueueURL(_ context.Context, c *aws.Call, in *GetQueueUrlInput) (*GetQueueUrlOutput, error) {
	q, err := s.byName(c, in)
	if err != nil {
		return nil, err
	}
	return &GetQueueUrlOutput{q.url(c)}, nil
}

// maxListed is how many queues ListQueues names when it is not asked for pages.
const maxListed = 1000

func (s *Service) listQueues(_ context.Context, c *aws.Call, in *ListQueuesInput) (*ListQueuesOutput, error) {
	out := &ListQueuesOutput{}
	var err error
	out.QueueUrls, out.NextToken, err = s.page(c, in.MaxResults, in.NextToken, func(q *queue) bool {
		return strings.HasPrefix(q.Name, in.QueueNamePrefix)
	})
	return out, err
}

// page lists the URLs of queues that fit, from the one after the token.
func (s *Service) page(c *aws.Call, max *int32, token string, fits func(*queue) bool) (urls []string, next string, err error) {
	limit := maxListed
	if max != nil {
		if *max < 1 || *max > maxListed {
			return nil, "", errValue(*max, "MaxResults", "MaxResults must be an integer between 1 and 1000.")
		}
		limit = int(*max)
	}
	last := ""
	err = s.DB.View(func(tx *store.Tx) error {
		for _, q := range s.queues.After(tx, c.Scope, []string{token}) {
			q.scope = c.Scope
			if !fits(&q) {
				continue
			}
			if len(urls) == limit {
				if max != nil {
					next = last
				}
				return nil
			}
			urls, last = append(urls, q.url(c)), q.Name
		}
		return nil
	})
	return urls, next, err
}

func (s *Service) deleteQueue(_ context.Context, c *aws.Call, in *DeleteQueueInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		q, err := s.find(tx, c, in.QueueUrl)
		if err != nil {
			return err
		}
		q.clear(tx)
		s.queues.Delete(tx, q.scope, q.Name)
		tx.OnCommit(func() { s.bells.ring(q.UID) })
		return nil
	})
}

// purgeInterval is how long after one purge there can be no other.
const purgeInterval = time.Minute

func (s *Service) purgeQueue(_ context.Context, c *aws.Call, in *PurgeQueueInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.QueueUrl, func(tx *store.Tx, q *queue) error {
		if !q.Purged.IsZero() && c.Time.Sub(q.Purged) < purgeInterval {
			return errPurging(q.Name)
		}
		q.Purged = c.Time
		q.clear(tx)
		return nil
	})
}
