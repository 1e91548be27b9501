package sns

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"
)

// hostName is what resource policies call us.
const hostName = "sns.amazonaws.com"

// The kinds of message.
const (
	notification = "Notification"
	confirmation = "SubscriptionConfirmation"
)

// envelope is a message as endpoints get it, unless they want it raw.
type envelope struct {
	Type             string
	MessageID        string `json:"MessageId"`
	Token            string `json:",omitempty"` // of a confirmation
	TopicArn         string
	Subject          *string `json:",omitempty"`
	Message          string
	SubscribeURL     string `json:",omitempty"` // of a confirmation
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
	UnsubscribeURL   string               `json:",omitempty"`
	Attributes       map[string]attribute `json:"MessageAttributes,omitempty"`
}

// attribute is an attribute in an envelope; a binary one is in base64.
type attribute struct{ Type, Value string }

func newEnvelope(t *topic, sub *subscription, id, text string, n *notice, now time.Time) *envelope {
	e := &envelope{
		Type: notification, MessageID: id, TopicArn: string(t.arn()), Message: text, Timestamp: timestamp(now), SignatureVersion: "1",
		UnsubscribeURL: sub.link("Unsubscribe", "SubscriptionArn", sub.arn()),
	}
	if v := t.Attributes["SignatureVersion"]; v != "" {
		e.SignatureVersion = v
	}
	if n.Subject != "" {
		e.Subject = &n.Subject
	}
	for name, a := range n.MessageAttributes {
		if e.Attributes == nil {
			e.Attributes = map[string]attribute{}
		}
		v := a.StringValue
		if len(a.BinaryValue) > 0 {
			v = base64.StdEncoding.EncodeToString(a.BinaryValue)
		}
		e.Attributes[name] = attribute{a.DataType, v}
	}
	return e
}

func newConfirmation(t *topic, sub *subscription, id string, now time.Time) *envelope {
	return &envelope{
		Type: confirmation, MessageID: id, Token: sub.Token, TopicArn: string(t.arn()), Timestamp: timestamp(now), SignatureVersion: "1",
		Message: "You have chosen to subscribe to the topic " + string(t.arn()) +
			".\nTo confirm the subscription, visit the SubscribeURL included in this message.",
		SubscribeURL: sub.link("ConfirmSubscription", "TopicArn", string(t.arn()), "Token", sub.Token),
	}
}

// encode writes JSON as AWS does: with the characters of HTML as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// link is a request that anybody who has the link may make.
func (sub *subscription) link(action string, parameters ...string) string {
	q := "Action=" + action
	for i := 0; i+1 < len(parameters); i += 2 {
		q += "&" + parameters[i] + "=" + url.QueryEscape(parameters[i+1])
	}
	return sub.Origin + "/?" + q
}

// signed is the text that is signed: the names and values of some members, in
// the order of the names.
func (e *envelope) signed() string {
	text := "Message\n" + e.Message + "\nMessageId\n" + e.MessageID + "\n"
	if e.Type == confirmation {
		text += "SubscribeURL\n" + e.SubscribeURL + "\nTimestamp\n" + e.Timestamp + "\nToken\n" + e.Token + "\n"
	} else {
		if e.Subject != nil {
			text += "Subject\n" + *e.Subject + "\n"
		}
		text += "Timestamp\n" + e.Timestamp + "\n"
	}
	return text + "TopicArn\n" + e.TopicArn + "\nType\n" + e.Type + "\n"
}

// forLambda is the event that a function gets.
func (e *envelope) forLambda(subscription string) ([]byte, error) {
	type message struct {
		Type             string
		MessageID        string `json:"MessageId"`
		TopicArn         string
		Subject          *string
		Message          string
		Timestamp        string
		SignatureVersion string
		Signature        string
		SigningCertURL   string               `json:"SigningCertUrl"`
		UnsubscribeURL   string               `json:"UnsubscribeUrl"`
		Attributes       map[string]attribute `json:"MessageAttributes"`
	}
	type record struct {
		EventSource, EventVersion, EventSubscriptionArn string
		Sns                                             message
	}
	m := message{
		e.Type, e.MessageID, e.TopicArn, e.Subject, e.Message, e.Timestamp, e.SignatureVersion, e.Signature, e.SigningCertURL, e.UnsubscribeURL, e.Attributes,
	}
	if m.Attributes == nil {
		m.Attributes = map[string]attribute{}
	}
	return encode(struct{ Records []record }{[]record{{"aws:sns", "1.0", subscription, m}}})
}
