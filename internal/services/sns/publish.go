package sns

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxMessage is the size of the largest message, and of the largest batch.
const maxMessage = 256 << 10

func (s *Service) onPublish(_ context.Context, _ *aws.Call, in *PublishInput) ([]service.Access, error) {
	if in.PhoneNumber != "" {
		return []service.Access{{Resource: "*"}}, nil
	}
	if in.TopicArn == "" {
		in.TopicArn = in.TargetArn
	}
	if in.TopicArn == "" {
		return nil, errInvalid("TopicArn or TargetArn Reason: no value for required parameter")
	}
	return s.accesses(in.TopicArn, "Publish")
}

func (s *Service) publish(_ context.Context, c *aws.Call, in *PublishInput) (*PublishOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	id := s.IDs.UUID()
	if in.PhoneNumber != "" {
		if in.TopicArn != "" {
			return nil, errInvalid("Only one of TopicArn, TargetArn and PhoneNumber can be given")
		}
		if !phoneNumber.MatchString(in.PhoneNumber) {
			return nil, errInvalid("PhoneNumber Reason: %s is not valid to publish to", in.PhoneNumber)
		}
		return &PublishOutput{id}, s.DB.Update(func(tx *store.Tx) error {
			s.Mail.Send(tx, mail.Message{Time: c.Time, Service: "sns", From: "SNS", To: in.PhoneNumber, Body: in.Message})
			return nil
		})
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		t, err := s.get(tx, in.TopicArn)
		if err != nil {
			return err
		}
		return s.spread(tx, &t, id, &in.notice)
	})
	if err != nil {
		return nil, err
	}
	return &PublishOutput{id}, nil
}

// subjectPattern is one line of printable ASCII that does not begin with a
// space.
var subjectPattern = regexp.MustCompile(`^[!-~][ -~]{0,99}$`)

// check validates a message.
func (n *notice) check() error {
	switch {
	case n.Message == "":
		return errInvalid("Empty message")
	case n.size() > maxMessage:
		return errInvalid("Message too long")
	case !utf8.ValidString(n.Message):
		return errInvalid("Message Reason: it is not UTF-8")
	case n.Subject != "" && !subjectPattern.MatchString(n.Subject):
		return errInvalid("Subject")
	case n.MessageStructure != "" && n.MessageStructure != "json":
		return errInvalid("Invalid message structure")
	}
	if n.MessageStructure == "json" {
		if _, err := n.versions(); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(n.MessageAttributes)) {
		a := n.MessageAttributes[name]
		if err := a.check(name); err != nil {
			return err
		}
	}
	return nil
}

func (n *notice) size() int {
	size := len(n.Message)
	for name, a := range n.MessageAttributes {
		size += len(name) + len(a.DataType) + len(a.StringValue) + len(a.BinaryValue)
	}
	return size
}

var attributeType = regexp.MustCompile(`^(String|Number|Binary)(\..+)?$`)

func (a *MessageAttributeValue) check(name string) error {
	bad := func(format string) error {
		return aws.Errorf(http.StatusBadRequest, "ParameterValueInvalid", format, name)
	}
	switch {
	case a.DataType == "":
		return bad("The message attribute '%s' must contain non-empty message attribute type.")
	case !attributeType.MatchString(a.DataType):
		return bad("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.")
	case strings.HasPrefix(a.DataType, "Binary"):
		if len(a.BinaryValue) == 0 {
			return bad("The message attribute '%s' must contain non-empty message attribute value for message attribute type 'Binary'.")
		}
	case a.StringValue == "":
		return bad("The message attribute '%s' must contain non-empty message attribute value.")
	case strings.HasPrefix(a.DataType, "Number"):
		if _, err := strconv.ParseFloat(a.StringValue, 64); err != nil || !json.Valid([]byte(a.StringValue)) {
			return bad("Could not cast message attribute '%s' value to number.")
		}
	case strings.HasPrefix(a.DataType, "String.Array"):
		var list []any
		if json.Unmarshal([]byte(a.StringValue), &list) != nil {
			return bad("The message attribute '%s' is not a JSON array.")
		}
	}
	return nil
}

// versions are the texts of a message for each protocol.
func (n *notice) versions() (map[string]string, error) {
	var all map[string]any
	if json.Unmarshal([]byte(n.Message), &all) != nil {
		return nil, errInvalid("Message Structure - JSON message body failed to parse")
	}
	texts := map[string]string{}
	for name, v := range all {
		if text, ok := v.(string); ok {
			texts[name] = text
		}
	}
	if _, ok := texts["default"]; !ok {
		return nil, errInvalid("Message Structure - No default entry in JSON message body")
	}
	return texts, nil
}

// text is the message for one protocol.
func (n *notice) text(protocol string) (string, error) {
	if protocol == "email" && n.email != "" {
		return n.email, nil
	}
	if n.MessageStructure != "json" {
		return n.Message, nil
	}
	versions, err := n.versions()
	if err != nil {
		return "", err
	}
	if v, ok := versions[protocol]; ok {
		return v, nil
	}
	return versions["default"], nil
}

// spread hands a message to every subscription that wants it.
func (s *Service) spread(tx *store.Tx, t *topic, id string, n *notice) error {
	now := s.Clock.Now()
	f, err := newFilterable(n)
	if err != nil {
		return err
	}
	for _, sub := range s.of(tx, t, now) {
		if !sub.Confirmed {
			continue
		}
		wanted, err := s.passes(&sub, f)
		if err != nil {
			return err
		}
		if !wanted {
			s.filteredOut(tx, t)
			continue
		}
		if err := s.hand(tx, t, &sub, id, n, now); err != nil {
			return err
		}
	}
	s.published(tx, t, n.size())
	return nil
}

// How deliveries are retried: to our own services for 23 days, over HTTP three
// times.
var (
	ownRetry  = deliver.Retry{Age: 23 * 24 * time.Hour, First: time.Second, Longest: 20 * time.Second}
	httpRetry = deliver.Retry{Attempts: 4, First: 20 * time.Second, Longest: 20 * time.Second}
)

// hand puts a message on its way to one subscription.
func (s *Service) hand(tx *store.Tx, t *topic, sub *subscription, id string, n *notice, now time.Time) error {
	text, err := n.text(sub.Protocol)
	if err != nil {
		return err
	}
	e := newEnvelope(t, sub, id, text, n, now)
	switch sub.Protocol {
	case "email", "sms":
		s.mail(tx, t, sub, e, now)
		return nil
	}
	m := &deliver.Message{
		Event: deliver.Event{
			ID: id + "/" + sub.ID, Target: aws.ARN(sub.Endpoint), Scope: t.scope, Service: hostName, Source: t.arn(),
		},
		Sent: now, Retry: ownRetry,
	}
	if p := sub.Attributes["RedrivePolicy"]; p != "" {
		if m.DeadLetter, err = parseRedrive(p); err != nil {
			return err
		}
	}
	p := parcel{Kind: notification, Protocol: sub.Protocol, Raw: sub.Attributes["RawMessageDelivery"] == "true", Subscription: sub.arn(), Origin: sub.Origin, Envelope: *e}
	if sub.Protocol != "sqs" && sub.Protocol != "lambda" {
		m.Event.Target, m.Retry = aws.ARN(sub.arn()), httpRetry
	}
	if m.Event.Payload, err = json.Marshal(p); err != nil {
		return err
	}
	return s.queue.Send(tx, m)
}

// maxBatch is how many messages a batch may have.
const maxBatch = 10

var batchID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

func (s *Service) publishBatch(_ context.Context, _ *aws.Call, in *PublishBatchInput) (*PublishBatchOutput, error) {
	entries := in.PublishBatchRequestEntries
	switch {
	case len(entries) == 0:
		return nil, errEmptyBatch()
	case len(entries) > maxBatch:
		return nil, errBatchTooLarge()
	}
	total := 0
	seen := map[string]bool{}
	for _, e := range entries {
		if !batchID.MatchString(e.Id) {
			return nil, errBatchID()
		}
		if seen[e.Id] {
			return nil, errBatchTwice()
		}
		seen[e.Id] = true
		total += e.size()
	}
	if total > maxMessage {
		return nil, errBatchTooLong()
	}
	out := &PublishBatchOutput{Failed: []BatchResultErrorEntry{}, Successful: []PublishBatchResultEntry{}}
	return out, s.DB.Update(func(tx *store.Tx) error {
		t, err := s.get(tx, in.TopicArn)
		if err != nil {
			return err
		}
		for i := range entries {
			e := &entries[i]
			if err := e.check(); err != nil {
				refused, ok := errors.AsType[*aws.Error](err)
				if !ok {
					return err
				}
				out.Failed = append(out.Failed, BatchResultErrorEntry{refused.Code, e.Id, refused.Message, true})
				continue
			}
			id := s.IDs.UUID()
			if err := s.spread(tx, &t, id, &e.notice); err != nil {
				return err
			}
			out.Successful = append(out.Successful, PublishBatchResultEntry{e.Id, id})
		}
		return nil
	})
}
