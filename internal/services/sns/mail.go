package sns

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/store"
)

// sender is whom mail of a topic comes from.
func (t *topic) sender() string {
	name := t.Attributes["DisplayName"]
	if name == "" {
		name = "AWS Notifications"
	}
	return name + " <no-reply@" + hostName + ">"
}

// ask has the endpoint of a subscription asked whether it wants it.
func (s *Service) ask(tx *store.Tx, t *topic, sub *subscription, now time.Time) error {
	id := s.IDs.UUID()
	if strings.HasPrefix(sub.Protocol, "email") {
		s.Mail.Send(tx, mail.Message{
			Time: now, Service: "sns", From: t.sender(), To: sub.Endpoint, Subject: "AWS Notification - Subscription Confirmation",
			Body: "You have chosen to subscribe to the topic:\n" + string(t.arn()) + "\n\nTo confirm this subscription, open:\n" +
				sub.page("confirmation", "TopicArn", string(t.arn()), "Token", sub.Token, "Endpoint", sub.Endpoint) +
				"\n\nIf it was not you, no action is necessary.\n",
		})
		return nil
	}
	p := parcel{Kind: confirmation, Protocol: sub.Protocol, Subscription: sub.arn(), Origin: sub.Origin, Envelope: *newConfirmation(t, sub, id, now)}
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.queue.Send(tx, &deliver.Message{
		Event: deliver.Event{ID: id + "/" + sub.ID, Target: aws.ARN(sub.arn()), Payload: b, Scope: t.scope, Service: hostName, Source: t.arn()},
		Sent:  now, Retry: httpRetry,
	})
}

// page is the address of one of our pages for people.
func (sub *subscription) page(name string, parameters ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		q.Set(parameters[i], parameters[i+1])
	}
	return sub.Origin + "/" + name + ".html?" + q.Encode()
}

// mail puts a message into the mailbox.
func (s *Service) mail(tx *store.Tx, t *topic, sub *subscription, e *envelope, now time.Time) {
	m := mail.Message{Time: now, Service: "sns", From: t.sender(), To: sub.Endpoint, Subject: e.subject(), Body: e.Message}
	if sub.Protocol == "sms" {
		m.From, m.Subject = "SNS", ""
		if name := t.Attributes["DisplayName"]; name != "" {
			m.Body = name + "> " + m.Body
		}
	} else {
		m.Body += "\n\n--\nIf you wish to stop receiving notifications from this topic, open:\n" +
			sub.page("unsubscribe", "SubscriptionArn", sub.arn(), "Endpoint", sub.Endpoint) + "\n"
	}
	s.Mail.Send(tx, m)
	tx.OnCommit(func() { s.notified(e.TopicArn) })
}

func (e *envelope) subject() string {
	if e.Subject != nil {
		return *e.Subject
	}
	return "AWS Notification Message"
}

// mailJSON puts a signed message into the mailbox, if somebody still wants it.
func (s *Service) mailJSON(p *parcel) error {
	if err := s.sign(&p.Envelope, p.Origin); err != nil {
		return err
	}
	b, err := encode(p.Envelope)
	if err != nil {
		return err
	}
	return s.DB.Update(func(tx *store.Tx) error {
		sub, _, err := s.find(tx, p.Subscription)
		if err != nil {
			return err
		}
		t, err := s.get(tx, p.Envelope.TopicArn)
		if err != nil {
			return err
		}
		s.Mail.Send(tx, mail.Message{
			Time: s.Clock.Now(), Service: "sns", From: t.sender(), To: sub.Endpoint, Subject: p.Envelope.subject(), Body: string(b),
		})
		return nil
	})
}
