package s3

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/store"
)

// happening is what a request does to an object, as notifications name it.
type happening string

// What happens to objects.
const (
	created   happening = "ObjectCreated:Put"
	posted    happening = "ObjectCreated:Post"
	copied    happening = "ObjectCreated:Copy"
	completed happening = "ObjectCreated:CompleteMultipartUpload"
	removed   happening = "ObjectRemoved:Delete"
	marked    happening = "ObjectRemoved:DeleteMarkerCreated"
	tagged    happening = "ObjectTagging:Put"
	untagged  happening = "ObjectTagging:Delete"
)

// bridged is a happening as EventBridge tells it.
type bridged struct{ kind, reason, deletion string }

func (h happening) bridged() bridged {
	switch h {
	case created:
		return bridged{kind: "Object Created", reason: "PutObject"}
	case posted:
		return bridged{kind: "Object Created", reason: "POST Object"}
	case copied:
		return bridged{kind: "Object Created", reason: "CopyObject"}
	case completed:
		return bridged{kind: "Object Created", reason: "CompleteMultipartUpload"}
	case removed:
		return bridged{"Object Deleted", "DeleteObject", "Permanently Deleted"}
	case marked:
		return bridged{"Object Deleted", "DeleteObject", "Delete Marker Created"}
	case tagged:
		return bridged{kind: "Object Tags Added"}
	case untagged:
		return bridged{kind: "Object Tags Deleted"}
	}
	return bridged{}
}

// note tells, once the transaction is durable, what it does to a version of
// the key. Buckets that nobody listens to pay nothing for it.
func (h history) note(c *aws.Call, what happening, v *version) error {
	if h.b.Notifications == nil {
		return nil
	}
	sequencer := fmt.Sprintf("%018X", h.tx.Sequence())
	for _, n := range h.b.Notifications.list() {
		if !n.takes("s3:"+string(what), h.key) {
			continue
		}
		payload, err := json.Marshal(h.record(c, what, v, *n.id, sequencer))
		if err == nil {
			err = h.tell(n.target, *n.id, payload)
		}
		if err != nil {
			return err
		}
	}
	if h.b.Notifications.EventBridgeConfiguration == nil {
		return nil
	}
	payload, err := json.Marshal(h.bridgeEvent(c, what, v, sequencer))
	if err != nil {
		return err
	}
	return h.tell(aws.MakeARN("events", aws.Scope{Account: h.b.Owner, Region: h.b.Region}, "event-bus/default"), "", payload)
}

// tell puts an event into the queue. What concerns one key goes to one target
// in the order in which it happened.
func (h history) tell(target aws.ARN, id string, payload []byte) error {
	return h.s.queue.Send(h.tx, &deliver.Message{
		Event: h.s.event(h.b, target, payload), Key: string(target) + "\x00" + id + "\x00" + string(store.AppendPart(h.b.ID[:], h.key)),
		Sent: h.s.Now(), Retry: notifyRetry,
	})
}

// What follows is the form of events.

type records struct{ Records []eventRecord }

type eventRecord struct {
	EventVersion      string            `json:"eventVersion"`
	EventSource       string            `json:"eventSource"`
	AwsRegion         aws.Region        `json:"awsRegion"`
	EventTime         string            `json:"eventTime"`
	EventName         happening         `json:"eventName"`
	UserIdentity      principalID       `json:"userIdentity"`
	RequestParameters map[string]string `json:"requestParameters"`
	ResponseElements  map[string]string `json:"responseElements"`
	S3                eventSubject      `json:"s3"`
}

type principalID struct {
	PrincipalID string `json:"principalId"`
}

type eventSubject struct {
	SchemaVersion   string      `json:"s3SchemaVersion"`
	ConfigurationID string      `json:"configurationId"`
	Bucket          eventBucket `json:"bucket"`
	Object          eventObject `json:"object"`
}

type eventBucket struct {
	Name          string      `json:"name"`
	OwnerIdentity principalID `json:"ownerIdentity"`
	ARN           aws.ARN     `json:"arn"`
}

type eventObject struct {
	Key       string `json:"key"`
	Size      *int64 `json:"size,omitempty"`
	ETag      string `json:"eTag,omitempty"`
	VersionID string `json:"versionId,omitempty"`
	Sequencer string `json:"sequencer"`
}

// record is an event as functions, queues and topics get it.
func (h history) record(c *aws.Call, what happening, v *version, id, sequencer string) records {
	o := eventObject{Key: strings.ReplaceAll(url.QueryEscape(h.key), "%2F", "/"), Sequencer: sequencer}
	if h.b.Versioning == versioningEnabled {
		o.VersionID = v.id()
	}
	if !strings.HasPrefix(string(what), "ObjectRemoved:") {
		o.ETag = v.ETag
	}
	if strings.HasPrefix(string(what), "ObjectCreated:") {
		o.Size = &v.Size
	}
	return records{[]eventRecord{{
		EventVersion: "2.1", EventSource: "aws:s3", AwsRegion: h.b.Region, EventTime: c.Time.UTC().Format(eventTime),
		EventName: what, UserIdentity: principalID{requester(c)},
		RequestParameters: map[string]string{"sourceIPAddress": c.SourceIP},
		ResponseElements:  map[string]string{"x-amz-request-id": c.RequestID, "x-amz-id-2": c.RequestID},
		S3: eventSubject{
			SchemaVersion: "1.0", ConfigurationID: id,
			Bucket: eventBucket{h.b.Name, principalID{"A" + strings.ToUpper(canonicalID(h.b.Owner)[:13])}, h.b.arn()},
			Object: o,
		},
	}}}
}

// requester is who made a request, as events name him.
func requester(c *aws.Call) string {
	if c.Principal.Kind == aws.Anonymous {
		return "Anonymous"
	}
	return "AWS:" + c.Principal.ID
}

// bridgeEvent is an event as EventBridge gets it.
type bridgeEvent struct {
	Version    string        `json:"version"`
	ID         string        `json:"id"`
	DetailType string        `json:"detail-type"`
	Source     string        `json:"source"`
	Account    aws.AccountID `json:"account"`
	Time       string        `json:"time"`
	Region     aws.Region    `json:"region"`
	Resources  []aws.ARN     `json:"resources"`
	Detail     bridgeDetail  `json:"detail"`
}

type bridgeDetail struct {
	Version         string            `json:"version"`
	Bucket          map[string]string `json:"bucket"`
	Object          bridgeObject      `json:"object"`
	RequestID       string            `json:"request-id"`
	Requester       string            `json:"requester"`
	SourceIPAddress string            `json:"source-ip-address"`
	Reason          string            `json:"reason,omitempty"`
	DeletionType    string            `json:"deletion-type,omitempty"`
}

type bridgeObject struct {
	Key       string `json:"key"`
	Size      *int64 `json:"size,omitempty"`
	ETag      string `json:"etag,omitempty"`
	VersionID string `json:"version-id,omitempty"`
	Sequencer string `json:"sequencer"`
}

func (h history) bridgeEvent(c *aws.Call, what happening, v *version, sequencer string) bridgeEvent {
	o := h.record(c, what, v, "", sequencer).Records[0].S3.Object
	how := what.bridged()
	by := string(c.Principal.Account)
	if c.Principal.Kind == aws.Anonymous {
		by = "Anonymous"
	}
	return bridgeEvent{
		Version: "0", ID: h.s.IDs.UUID(), DetailType: how.kind, Source: "aws.s3", Account: h.b.Owner,
		Time: c.Time.UTC().Format(time.RFC3339), Region: h.b.Region, Resources: []aws.ARN{h.b.arn()},
		Detail: bridgeDetail{
			Version: "0", Bucket: map[string]string{"name": h.b.Name},
			Object:    bridgeObject{h.key, o.Size, o.ETag, o.VersionID, sequencer},
			RequestID: c.RequestID, Requester: by, SourceIPAddress: c.SourceIP, Reason: how.reason, DeletionType: how.deletion,
		},
	}
}
