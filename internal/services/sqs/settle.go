package sqs

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// remember finds the message that a receipt handle is of. ok is false when it
// is gone, or was received again since: then it is somebody else's.
func (q *queue) remember(tx *store.Tx, text string) (seq uint64, st state, ok bool, err error) {
	h, err := parseHandle(q, text)
	if err != nil {
		return 0, state{}, false, err
	}
	b, ok := tx.Get(q.stateKey(h.seq))
	if !ok || len(b) != stateSize {
		return h.seq, state{}, false, nil
	}
	st = readState(b)
	return h.seq, st, st.count == h.count, nil
}

// delete removes a message. One that is gone is deleted as well as any; one
// that somebody else has received since stays.
func (q *queue) delete(tx *store.Tx, text string) (deleted bool, err error) {
	seq, st, ok, err := q.remember(tx, text)
	if ok {
		q.remove(tx, seq, &st)
	}
	return ok, err
}

func (s *Service) deleteMessage(_ context.Context, c *aws.Call, in *DeleteMessageInput) (*service.Empty, error) {
	deleted := false
	var q queue
	err := s.DB.Update(func(tx *store.Tx) (err error) {
		if q, err = s.find(tx, c, in.QueueUrl); err != nil {
			return err
		}
		deleted, err = q.delete(tx, in.ReceiptHandle)
		return err
	})
	if deleted && err == nil {
		s.deleted(&q, 1)
	}
	return &service.Empty{}, err
}

func (s *Service) deleteMessageBatch(_ context.Context, c *aws.Call, in *DeleteMessageBatchInput) (*DeleteMessageBatchOutput, error) {
	ids := make([]string, len(in.Entries))
	for i, e := range in.Entries {
		ids[i] = e.Id
	}
	n := 0
	q, done, failed, err := s.each(c, in.QueueUrl, "DeleteMessageBatchRequestEntry", ids, func(tx *store.Tx, q *queue, i int) error {
		deleted, err := q.delete(tx, in.Entries[i].ReceiptHandle)
		if deleted {
			n++
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	s.deleted(&q, n)
	return &DeleteMessageBatchOutput{failed, done}, nil
}

// each carries out the entries of a batch, in one transaction.
func (s *Service) each(c *aws.Call, address, entry string, ids []string, f func(*store.Tx, *queue, int) error) (q queue, done []BatchResultEntry, failed []BatchResultErrorEntry, err error) {
	if err := checkBatch(entry, ids); err != nil {
		return queue{}, nil, nil, err
	}
	err = s.DB.Update(func(tx *store.Tx) (err error) {
		if q, err = s.find(tx, c, address); err != nil {
			return err
		}
		for i, id := range ids {
			if err := f(tx, &q, i); err != nil {
				e, err := failedEntry(id, err)
				if err != nil {
					return err
				}
				failed = append(failed, e)
				continue
			}
			done = append(done, BatchResultEntry{id})
		}
		return nil
	})
	return q, done, failed, err
}

// hide changes from when on a received message can be received again.
func (s *Service) hide(tx *store.Tx, q *queue, text string, seconds *int32) error {
	if seconds == nil {
		return errMissing("VisibilityTimeout")
	}
	if *seconds < 0 || *seconds > maxVisibility {
		return errValue(*seconds, "VisibilityTimeout", "VisibilityTimeout must be between 0 and 43200.")
	}
	seq, st, ok, err := q.remember(tx, text)
	if err != nil {
		return err
	}
	now := s.Clock.Now().UnixMilli()
	if !ok || st.visible <= now {
		return errNotInFlight(text)
	}
	tx.Delete(q.dueKey(st.visible, seq))
	st.visible = now + int64(*seconds)*1000
	q.schedule(tx, seq, &st)
	uid := q.UID
	tx.OnCommit(func() { s.bells.ring(uid) })
	return nil
}

func (s *Service) changeMessageVisibility(_ context.Context, c *aws.Call, in *ChangeMessageVisibilityInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		q, err := s.find(tx, c, in.QueueUrl)
		if err != nil {
			return err
		}
		return s.hide(tx, &q, in.ReceiptHandle, in.VisibilityTimeout)
	})
}

func (s *Service) changeMessageVisibilityBatch(_ context.Context, c *aws.Call, in *ChangeMessageVisibilityBatchInput) (*ChangeMessageVisibilityBatchOutput, error) {
	ids := make([]string, len(in.Entries))
	for i, e := range in.Entries {
		ids[i] = e.Id
	}
	_, done, failed, err := s.each(c, in.QueueUrl, "ChangeMessageVisibilityBatchRequestEntry", ids, func(tx *store.Tx, q *queue, i int) error {
		return s.hide(tx, q, in.Entries[i].ReceiptHandle, in.Entries[i].VisibilityTimeout)
	})
	return &ChangeMessageVisibilityBatchOutput{failed, done}, err
}
