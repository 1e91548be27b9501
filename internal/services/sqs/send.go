package sqs

import (
	"context"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) sendMessage(_ context.Context, c *aws.Call, in *SendMessageInput) (out *SendMessageOutput, err error) {
	var q queue
	size, err := in.check()
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		if q, err = s.find(tx, c, in.QueueUrl); err != nil {
			return err
		}
		out, err = s.send(tx, c, &q, &in.body, size)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.sent(&q, size)
	return out, nil
}

// send puts a message into a queue.
func (s *Service) send(tx *store.Tx, c *aws.Call, q *queue, in *body, size int) (*SendMessageOutput, error) {
	if limit := q.number("MaximumMessageSize"); size > limit {
		return nil, errTooLong(limit)
	}
	delay := int64(q.number("DelaySeconds"))
	if in.DelaySeconds != nil {
		delay = int64(*in.DelaySeconds)
	}
	m := &message{
		ID: s.IDs.UUID(), Body: in.MessageBody, Attributes: in.MessageAttributes, Group: in.MessageGroupId,
		Sender: c.Principal.ID, Trace: in.MessageSystemAttributes[traceHeader].StringValue,
	}
	if m.Sender == "" {
		m.Sender = c.Principal.Name
	}
	now := s.Clock.Now().UnixMilli()
	if err := s.add(tx, q, m, &state{visible: now + delay*1000, sent: now}); err != nil {
		return nil, err
	}
	return &SendMessageOutput{
		MessageId: m.ID, MD5OfMessageBody: md5Hex(in.MessageBody),
		MD5OfMessageAttributes: digest(in.MessageAttributes), MD5OfMessageSystemAttributes: digest(in.MessageSystemAttributes),
	}, nil
}

const traceHeader = "AWSTraceHeader"

// check validates what does not depend on the queue, and returns the
// message's size.
func (b *body) check() (size int, err error) {
	switch {
	case b.MessageBody == "":
		return 0, errMissing("MessageBody")
	case b.DelaySeconds != nil && (*b.DelaySeconds < 0 || *b.DelaySeconds > 900):
		return 0, errValue(*b.DelaySeconds, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.")
	case b.MessageDeduplicationId != "":
		return 0, errValue(b.MessageDeduplicationId, "MessageDeduplicationId", "The request includes a parameter that is not valid for this queue type.")
	case !allowed(b.MessageBody):
		return 0, errContents()
	}
	for name, v := range b.MessageSystemAttributes {
		if name != traceHeader || v.DataType != "String" {
			return 0, errInvalid("Message system attribute name '%s' is invalid.", name)
		}
	}
	if len(b.MessageAttributes) > maxAttributes {
		return 0, errInvalid("Number of message attributes [%d] exceeds the allowed maximum [%d].", len(b.MessageAttributes), maxAttributes)
	}
	size = len(b.MessageBody)
	for _, name := range slices.Sorted(maps.Keys(b.MessageAttributes)) {
		v := b.MessageAttributes[name]
		if err := v.check(name); err != nil {
			return 0, err
		}
		size += len(name) + len(v.DataType) + len(v.StringValue) + len(v.BinaryValue)
	}
	return size, nil
}

// maxAttributes is how many attributes a message may have.
const maxAttributes = 10

var (
	attributeName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,256}$`)
	attributeType = regexp.MustCompile(`^(String|Number|Binary)(\..+)?$`)
)

func (v *MessageAttributeValue) check(name string) error {
	lower := strings.ToLower(name)
	switch {
	case !attributeName.MatchString(name) || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, ".."):
		return errInvalid("Message (user) attribute name '%s' is invalid: it can have letters, digits, underscores, hyphens and single periods.", name)
	case strings.HasPrefix(lower, "aws.") || strings.HasPrefix(lower, "amazon."):
		return errInvalid("You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use.")
	case v.DataType == "":
		return errInvalid("The message attribute '%s' must contain a non-empty message attribute type.", name)
	case !attributeType.MatchString(v.DataType) || len(v.DataType) > 256:
		return errInvalid("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)
	case strings.HasPrefix(v.DataType, "Binary"):
		if len(v.BinaryValue) == 0 {
			return errInvalid("The message attribute '%s' must contain a non-empty message attribute value for message attribute type 'Binary'.", name)
		}
		return nil
	case v.StringValue == "":
		base, _, _ := strings.Cut(v.DataType, ".")
		return errInvalid("The message attribute '%s' must contain a non-empty message attribute value for message attribute type '%s'.", name, base)
	case !allowed(v.StringValue):
		return errContents()
	}
	if strings.HasPrefix(v.DataType, "Number") {
		if _, err := strconv.ParseFloat(v.StringValue, 64); err != nil {
			return errInvalid("Can't cast the value of message (user) attribute '%s' to a number.", name)
		}
	}
	return nil
}

// allowed reports whether a text has only characters that XML can hold.
func allowed(s string) bool {
	for i, r := range s {
		switch {
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return false
			}
		case r < 0x20 && r != '\t' && r != '\n' && r != '\r', r == 0xfffe, r == 0xffff:
			return false
		}
	}
	return true
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// digest is the MD5 of attributes, as SDKs check it: of each, by name, the
// name, the type, how the value is sent, and the value. "" is of none.
func digest(attributes map[string]MessageAttributeValue) string {
	if len(attributes) == 0 {
		return ""
	}
	h := md5.New()
	part := func(s []byte) {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
		h.Write(s)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		v := attributes[name]
		part([]byte(name))
		part([]byte(v.DataType))
		if strings.HasPrefix(v.DataType, "Binary") {
			h.Write([]byte{2})
			part(v.BinaryValue)
		} else {
			h.Write([]byte{1})
			part([]byte(v.StringValue))
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (s *Service) sendMessageBatch(_ context.Context, c *aws.Call, in *SendMessageBatchInput) (*SendMessageBatchOutput, error) {
	ids := make([]string, len(in.Entries))
	sizes := make([]int, len(in.Entries))
	failed := make([]error, len(in.Entries))
	total := 0
	for i := range in.Entries {
		e := &in.Entries[i]
		ids[i] = e.Id
		sizes[i], failed[i] = e.check()
		total += sizes[i]
	}
	if err := checkBatch("SendMessageBatchRequestEntry", ids); err != nil {
		return nil, err
	}
	if total > maxMessage {
		return nil, errBatchTooLong(total)
	}
	var q queue
	out := &SendMessageBatchOutput{}
	err := s.DB.Update(func(tx *store.Tx) (err error) {
		if q, err = s.find(tx, c, in.QueueUrl); err != nil {
			return err
		}
		for i := range in.Entries {
			var sent *SendMessageOutput
			err := failed[i]
			if err == nil {
				sent, err = s.send(tx, c, &q, &in.Entries[i].body, sizes[i])
			}
			if err != nil {
				entry, err := failedEntry(ids[i], err)
				if err != nil {
					return err
				}
				out.Failed = append(out.Failed, entry)
				sizes[i] = -1
				continue
			}
			out.Successful = append(out.Successful, SendMessageBatchResultEntry{ids[i], *sent})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, size := range sizes {
		if size >= 0 {
			s.sent(&q, size)
		}
	}
	return out, nil
}
