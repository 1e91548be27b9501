package dynamodb

import (
	"cmp"
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Streams is the API of DynamoDB Streams, which has a target prefix of its own
// and shares the signing name.
type Streams struct{ s *Service }

// Streams returns the API of the streams of s' tables.
func (s *Service) Streams() Streams { return Streams{s} }

// Info identifies DynamoDB Streams on the wire.
func (Streams) Info() service.Info {
	return service.Info{
		Name:         "dynamodb",
		Title:        "Amazon DynamoDB Streams",
		Protocols:    []service.Protocol{service.JSON10},
		TargetPrefix: "DynamoDBStreams_20120810",
		ErrorPrefix:  "com.amazonaws.dynamodb.v20120810#",
	}
}

// Operations is what can be done with streams.
func (x Streams) Operations() []service.Operation {
	s := x.s
	return []service.Operation{
		service.Op("ListStreams", service.Any, s.listStreams),
		service.Op("DescribeStream", onARN(s, func(in *DescribeStreamInput) string { return in.StreamArn }), s.describeStream),
		service.Op("GetShardIterator", onARN(s, func(in *GetShardIteratorInput) string { return in.StreamArn }), s.getShardIterator),
		service.Op("GetRecords", s.onGetRecords, s.getRecords),
	}
}

const maxStreams = 100 // that are listed at a time, as are shards

func (s *Service) listStreams(_ context.Context, c *aws.Call, in *ListStreamsInput) (*ListStreamsOutput, error) {
	limit := maxStreams
	if in.Limit != nil {
		limit = min(limit, *in.Limit)
	}
	var prefix []string
	if in.TableName != "" {
		prefix = []string{in.TableName}
	}
	after := append(prefix[:len(prefix):len(prefix)], "")
	if in.ExclusiveStartStreamArn != "" {
		_, table, label, err := parseStreamARN(in.ExclusiveStartStreamArn)
		if err != nil {
			return nil, err
		}
		after = []string{table, label}
	}
	out := &ListStreamsOutput{Streams: []Stream{}}
	err := s.DB.View(func(tx *store.Tx) error {
		for _, st := range s.streams.After(tx, c.Scope, after, prefix...) {
			if st.gone(c.Time) {
				continue
			}
			if len(out.Streams) == limit {
				out.LastEvaluatedStreamArn = out.Streams[limit-1].StreamArn
				break
			}
			out.Streams = append(out.Streams, Stream{string(streamARN(tableARN(c.Scope, st.Table), st.Label)), st.Table, st.Label})
		}
		return nil
	})
	return out, err
}

// findStream finds the stream of an ARN, which may be another account's.
func (s *Service) findStream(tx *store.Tx, c *aws.Call, arn string) (*stream, error) {
	p, table, label, err := parseStreamARN(arn)
	if err != nil {
		return nil, err
	}
	st, ok := s.streams.Get(tx, p.Scope, table, label)
	if !ok || p.Region != c.Region || st.gone(c.Time) {
		return nil, errStreamNotFound(arn)
	}
	st.scope = p.Scope
	return st, nil
}

func (s *Service) describeStream(_ context.Context, c *aws.Call, in *DescribeStreamInput) (*DescribeStreamOutput, error) {
	var st *stream
	err := s.DB.View(func(tx *store.Tx) (err error) {
		st, err = s.findStream(tx, c, in.StreamArn)
		return err
	})
	if err != nil {
		return nil, err
	}
	d := StreamDescription{
		StreamArn: in.StreamArn, StreamLabel: st.Label, StreamStatus: "ENABLED", StreamViewType: st.View,
		CreationRequestDateTime: st.Created, TableName: st.Table, KeySchema: st.Key.elements(), Shards: []Shard{},
	}
	if !st.Disabled.IsZero() {
		d.StreamStatus = "DISABLED"
	}
	limit := maxStreams
	if in.Limit != nil {
		limit = min(limit, *in.Limit)
	}
	for _, h := range slices.SortedFunc(slices.Values(st.Shards), func(a, b shard) int { return cmp.Compare(a.ID, b.ID) }) {
		switch {
		case h.trimmed(c.Time) || h.ID <= in.ExclusiveStartShardId:
			continue
		case in.ShardFilter != nil && in.ShardFilter.Type != "" && h.Parent != in.ShardFilter.ShardId:
			continue
		case len(d.Shards) == limit:
			d.LastEvaluatedShardId = d.Shards[limit-1].ShardId
			return &DescribeStreamOutput{d}, nil
		}
		x := Shard{h.ID, SequenceNumberRange{StartingSequenceNumber: sequenceText(h.Start)}, h.Parent}
		if h.End != 0 {
			x.SequenceNumberRange.EndingSequenceNumber = sequenceText(h.End)
		}
		d.Shards = append(d.Shards, x)
	}
	return &DescribeStreamOutput{d}, nil
}
