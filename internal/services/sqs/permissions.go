package sqs

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// document is a queue's policy, with its statements left as they are.
type document struct {
	Version   string            `json:"Version"`
	ID        string            `json:"Id,omitempty"`
	Statement []json.RawMessage `json:"Statement"`
}

// statement is what AddPermission adds.
type statement struct {
	Sid       string              `json:"Sid"`
	Effect    string              `json:"Effect"`
	Principal map[string][]string `json:"Principal"`
	Action    []string            `json:"Action"`
	Resource  aws.ARN             `json:"Resource"`
}

// statements takes a policy apart. It was parsed strictly when it was set.
func (q *queue) statements() (document, error) {
	d := document{Version: "2008-10-17", ID: string(q.arn()) + "/SQSDefaultPolicy"}
	text := q.Attributes["Policy"]
	if text == "" {
		return d, nil
	}
	var one struct {
		document
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &one); err != nil {
		return d, err
	}
	d = one.document
	if err := json.Unmarshal(one.Statement, &d.Statement); err != nil {
		d.Statement = []json.RawMessage{one.Statement}
	}
	return d, nil
}

// labelled returns the index of the statement with a Sid, or -1.
func (d *document) labelled(sid string) int {
	return slices.IndexFunc(d.Statement, func(raw json.RawMessage) bool {
		var s struct{ Sid string }
		return json.Unmarshal(raw, &s) == nil && s.Sid == sid
	})
}

func (s *Service) setPolicy(tx *store.Tx, q *queue, d document) error {
	text := ""
	if len(d.Statement) > 0 {
		b, err := json.Marshal(d)
		if err != nil {
			return err
		}
		text = string(b)
	}
	return s.setAttributes(tx, q, map[string]string{"Policy": text})
}

// grantable are the actions that an owner can let others do.
var grantable = []string{"*", "SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "GetQueueUrl"}

func (s *Service) addPermission(_ context.Context, c *aws.Call, in *AddPermissionInput) (*service.Empty, error) {
	switch {
	case in.Label == "":
		return nil, errMissing("Label")
	case len(in.AWSAccountIds) == 0:
		return nil, errMissing("PrincipalId")
	case len(in.Actions) == 0:
		return nil, errMissing("Actions")
	}
	for _, a := range in.Actions {
		if !slices.Contains(grantable, a) {
			return nil, errValue("SQS:"+a, "ActionName", "Please refer to the appropriate WSDL for a list of valid actions.")
		}
	}
	return &service.Empty{}, s.change(c, in.QueueUrl, func(tx *store.Tx, q *queue) error {
		d, err := q.statements()
		if err != nil {
			return err
		}
		if d.labelled(in.Label) >= 0 {
			return errValue(in.Label, "Label", "Already exists.")
		}
		st := statement{Sid: in.Label, Effect: "Allow", Principal: map[string][]string{}, Resource: q.arn()}
		for _, id := range in.AWSAccountIds {
			st.Principal["AWS"] = append(st.Principal["AWS"], "arn:aws:iam::"+id+":root")
		}
		for _, a := range in.Actions {
			st.Action = append(st.Action, "SQS:"+a)
		}
		b, err := json.Marshal(st)
		if err != nil {
			return err
		}
		d.Statement = append(d.Statement, b)
		return s.setPolicy(tx, q, d)
	})
}

func (s *Service) removePermission(_ context.Context, c *aws.Call, in *RemovePermissionInput) (*service.Empty, error) {
	return &service.Empty{}, s.change(c, in.QueueUrl, func(tx *store.Tx, q *queue) error {
		d, err := q.statements()
		if err != nil {
			return err
		}
		i := d.labelled(in.Label)
		if i < 0 {
			return errValue(in.Label, "Label", "can't find label.")
		}
		d.Statement = slices.Delete(d.Statement, i, i+1)
		return s.setPolicy(tx, q, d)
	})
}
