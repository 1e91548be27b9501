package dynamodb

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// iterator is a place in a shard. Clients get it sealed: the stream's ARN, and
// the rest encrypted, so that nobody makes one for a stream that he may not read.
type iterator struct {
	stream  string // ARN
	shard   uint32
	next    uint64 // the sequence number to go on from
	trim    bool   // it began at the trim horizon, and moves with it until it is used
	created time.Time
}

const iteratorLife = 15 * time.Minute

// iterators seals and opens them.
type iterators struct {
	mu   sync.Mutex
	aead cipher.AEAD // nil until first used
}

// sealer returns the cipher of iterators and other places, whose key the first
// use makes.
func (s *Service) sealer() (cipher.AEAD, error) {
	s.iterators.mu.Lock()
	defer s.iterators.mu.Unlock()
	if s.iterators.aead != nil {
		return s.iterators.aead, nil
	}
	var key []byte
	table := store.NewTable[[]byte]("dynamodb/stream-seal")
	err := s.DB.Update(func(tx *store.Tx) error {
		var ok bool
		if key, ok = table.Get(tx, aws.Scope{}, "key"); !ok {
			key = s.IDs.Bytes(32)
			table.Put(tx, aws.Scope{}, key, "key")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	s.iterators.aead, err = cipher.NewGCM(block)
	return s.iterators.aead, err
}

func (s *Service) sealIterator(it *iterator) (string, error) {
	aead, err := s.sealer()
	if err != nil {
		return "", err
	}
	b := binary.BigEndian.AppendUint32(nil, it.shard)
	b = binary.BigEndian.AppendUint64(b, it.next)
	b = binary.BigEndian.AppendUint64(b, uint64(it.created.UnixMilli()))
	if it.trim {
		b = append(b, 1)
	}
	nonce := s.IDs.Bytes(aead.NonceSize())
	return it.stream + "|1|" + base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, b, []byte(it.stream))), nil
}

func (s *Service) openIterator(text string) (*iterator, error) {
	aead, err := s.sealer()
	if err != nil {
		return nil, err
	}
	arn, sealed, ok := strings.Cut(text, "|1|")
	b, err := base64.StdEncoding.Strict().DecodeString(sealed)
	if !ok || err != nil || len(b) < aead.NonceSize() {
		return nil, errBadIterator()
	}
	b, err = aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], []byte(arn))
	if err != nil || len(b) < 20 {
		return nil, errBadIterator()
	}
	return &iterator{arn, binary.BigEndian.Uint32(b), binary.BigEndian.Uint64(b[4:]), len(b) > 20,
		time.UnixMilli(int64(binary.BigEndian.Uint64(b[12:])))}, nil
}

func (s *Service) getShardIterator(_ context.Context, c *aws.Call, in *GetShardIteratorInput) (*GetShardIteratorOutput, error) {
	at := strings.HasSuffix(in.ShardIteratorType, "SEQUENCE_NUMBER")
	var sequence uint64
	var err error
	switch {
	case at && in.SequenceNumber == "":
		return nil, errValidation(invalidValues+"SequenceNumber must be specified when ShardIteratorType is %s", in.ShardIteratorType)
	case !at && in.SequenceNumber != "":
		return nil, errValidation(invalidValues+"SequenceNumber must not be specified when ShardIteratorType is %s", in.ShardIteratorType)
	case at:
		if sequence, err = parseSequence(in.SequenceNumber); err != nil {
			return nil, err
		}
	}
	it := &iterator{stream: in.StreamArn, created: c.Time}
	err = s.DB.View(func(tx *store.Tx) error {
		st, err := s.findStream(tx, c, in.StreamArn)
		if err != nil {
			return err
		}
		h := st.shard(in.ShardId)
		if h == nil || h.trimmed(c.Time) {
			return errShardNotFound(in.StreamArn, in.ShardId)
		}
		it.shard = h.Number
		switch in.ShardIteratorType {
		case "TRIM_HORIZON":
			it.next, it.trim = h.Start, true
			return nil
		case "LATEST":
			it.next = s.latest(tx, st.scope, st, h)
			return nil
		}
		if sequence < h.Start || h.End != 0 && sequence > h.End {
			return errValidation("Invalid SequenceNumber: %s is not in the shard %s", in.SequenceNumber, h.ID)
		}
		if sequence < horizon(tx, st.scope, st, h, c.Time) && in.ShardIteratorType == "AT_SEQUENCE_NUMBER" {
			return errTrimmed()
		}
		if it.next = sequence; in.ShardIteratorType == "AFTER_SEQUENCE_NUMBER" {
			it.next++
		}
		if it.next < horizon(tx, st.scope, st, h, c.Time) {
			return errTrimmed()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	text, err := s.sealIterator(it)
	return &GetShardIteratorOutput{text}, err
}

// latest is the sequence number after all records of a shard.
func (s *Service) latest(tx *store.Tx, scope aws.Scope, st *stream, h *shard) uint64 {
	for k := range tx.ScanBack(recordKey(scope, st.Number, h.Number, 0), recordKey(scope, st.Number, h.Number+1, 0)) {
		return sequenceOf(k) + 1
	}
	return h.Start
}

// gone reports whether a stream that was turned off can be read no more.
func (st *stream) gone(now time.Time) bool {
	return !st.Disabled.IsZero() && !now.Before(st.Disabled.Add(retention))
}

// trimmed reports whether all records of a shard are too old to be read.
func (h *shard) trimmed(now time.Time) bool {
	return h.End != 0 && !now.Before(h.Closed.Add(retention))
}

// horizon is the sequence number after those records of a shard that are too
// old to be read. Times rise with the numbers, so it is found by halving.
func horizon(tx *store.Tx, scope aws.Scope, st *stream, h *shard, now time.Time) uint64 {
	oldest := now.Add(-retention)
	lo, hi := h.Start, h.Start
	if h.Opened.After(oldest) {
		return lo
	}
	end := recordKey(scope, st.Number, h.Number+1, 0)
	for k := range tx.ScanBack(recordKey(scope, st.Number, h.Number, 0), end) {
		hi = sequenceOf(k) + 1
		break
	}
	for lo < hi {
		mid := lo + (hi-lo)/2
		found := false
		for k, v := range tx.Scan(recordKey(scope, st.Number, h.Number, mid), end) {
			if found = recordTime(v).Before(oldest); found {
				lo = sequenceOf(k) + 1
			}
			break
		}
		if !found {
			hi = mid
		}
	}
	return lo
}

func (s *Service) onGetRecords(_ context.Context, c *aws.Call, in *GetRecordsInput) (_ []service.Access, err error) {
	if in.at, err = s.openIterator(in.ShardIterator); err != nil {
		return nil, err
	}
	a, err := s.accessARN(c, aws.ARN(in.at.stream))
	return []service.Access{a}, err
}

const (
	maxRecords     = 1000
	maxRecordBytes = 1 << 20
)

func (s *Service) getRecords(_ context.Context, c *aws.Call, in *GetRecordsInput) (*GetRecordsOutput, error) {
	it := in.at
	if c.Time.Sub(it.created) > iteratorLife {
		return nil, errIteratorExpired()
	}
	limit := maxRecords
	if in.Limit != nil {
		if limit = *in.Limit; limit > maxRecords {
			return nil, errValidation("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value less than or equal to %d", limit, maxRecords)
		}
	}
	out := &GetRecordsOutput{Records: []Record{}}
	next := iterator{stream: it.stream, shard: it.shard, created: c.Time}
	more := true
	err := s.DB.View(func(tx *store.Tx) error {
		st, err := s.findStream(tx, c, it.stream)
		if err != nil {
			return err
		}
		var h *shard
		for i := range st.Shards {
			if st.Shards[i].Number == it.shard {
				h = &st.Shards[i]
			}
		}
		if h == nil || h.trimmed(c.Time) {
			return errTrimmed()
		}
		from := horizon(tx, st.scope, st, h, c.Time)
		if from > it.next && !it.trim {
			return errTrimmed()
		}
		next.next, more, err = out.read(tx, st.scope, st, h, max(from, it.next), limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	if more {
		out.NextShardIterator, err = s.sealIterator(&next)
	}
	return out, err
}

// read fills in the records from a sequence number on. It returns where to go
// on, and whether anything can still come.
func (out *GetRecordsOutput) read(tx *store.Tx, scope aws.Scope, st *stream, h *shard, from uint64, limit int) (next uint64, more bool, err error) {
	next = from
	bytes := int64(0)
	for k, v := range tx.Scan(recordKey(scope, st.Number, h.Number, from), recordKey(scope, st.Number, h.Number+1, 0)) {
		r, err := openRecord(scope.Region, st, sequenceOf(k), v)
		if err != nil {
			return next, true, err
		}
		if bytes += r.Dynamodb.SizeBytes; len(out.Records) == limit || bytes > maxRecordBytes && len(out.Records) > 0 {
			return next, true, nil
		}
		out.Records = append(out.Records, r)
		next = sequenceOf(k) + 1
	}
	return next, h.End == 0, nil
}
