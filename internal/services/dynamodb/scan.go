package dynamodb

import (
	"bytes"
	"context"
	"encoding/binary"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

func (in *ScanInput) parse(c *aws.Call) (*read, error) {
	if in.read != nil {
		return in.read, nil
	}
	e := expressions{
		filter: in.FilterExpression, projection: in.ProjectionExpression,
		names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
		legacy: legacy{attributesToGet: in.AttributesToGet, filterName: "ScanFilter", filters: in.ScanFilter, operator: in.ConditionalOperator},
	}
	r, err := newRead(c, readOptions{in.TableName, in.IndexName, in.Select, in.Limit, in.ConsistentRead, in.ExclusiveStartKey, e}, "FilterExpression")
	if err != nil {
		return nil, err
	}
	if err := in.segments(r); err != nil {
		return nil, err
	}
	if err := e.compileTexts(&r.compiled); err != nil {
		return nil, err
	}
	if err := r.checkSelect(in.ProjectionExpression != nil, in.AttributesToGet != nil); err != nil {
		return nil, err
	}
	in.read = r
	return r, nil
}

func (in *ScanInput) segments(r *read) error {
	switch {
	case in.Segment == nil && in.TotalSegments == nil:
		return nil
	case in.TotalSegments == nil:
		return errValidation("The TotalSegments parameter is required but was not present in the request when Segment parameter is present")
	case in.Segment == nil:
		return errValidation("The Segment parameter is required but was not present in the request when parameter TotalSegments is present")
	case *in.Segment >= *in.TotalSegments:
		return errValidation("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: %d is not less than TotalSegments: %d", *in.Segment, *in.TotalSegments)
	}
	r.segment, r.segments = *in.Segment, *in.TotalSegments
	return nil
}

func (s *Service) onScan(_ context.Context, c *aws.Call, in *ScanInput) ([]service.Access, error) {
	r, err := in.parse(c)
	if err != nil {
		return nil, err
	}
	return s.onRead(c, r, in.ReturnConsumedCapacity, nil)
}

func (s *Service) scan(_ context.Context, c *aws.Call, in *ScanInput) (*PageOutput, error) {
	r, err := in.parse(c)
	if err != nil {
		return nil, err
	}
	if err := s.placeRead(c.Scope, r); err != nil {
		return nil, err
	}
	if err := r.boundSegment(); err != nil {
		return nil, err
	}
	return s.page(c, r, in.ReturnConsumedCapacity)
}

// boundSegment gives the read its share of all partition keys.
func (r *read) boundSegment() error {
	bad := badStart
	if r.x == nil {
		bad += ": The provided key element does not match the schema"
	}
	if err := r.checkStartCount(bad); err != nil {
		return err
	}
	if r.x != nil {
		if err := r.x.Key.each(r.checkStartPart); err != nil {
			return err
		}
	}
	if err := r.checkIndexSelect(); err != nil {
		return err
	}
	if err := r.checkStartKey(); err != nil {
		return err
	}
	number := uint32(0)
	if r.x != nil {
		number = r.x.Number
	}
	space := r.t.appendSpace(nil, number)
	r.lo, r.hi = space, prefixEnd(space)
	if r.segments > 1 {
		if r.segment > 0 {
			r.lo = segmentBound(space, r.segment, r.segments)
		}
		if r.segment < r.segments-1 {
			r.hi = segmentBound(space, r.segment+1, r.segments)
		}
	}
	if r.start != nil {
		if key := r.startKey(); bytes.Compare(key, r.lo) < 0 || bytes.Compare(key, r.hi) >= 0 {
			return errValidation("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: %d Segment: %d", max(r.segments, 1), r.segment)
		}
	}
	if err := r.checkPaths(); err != nil {
		return err
	}
	r.goOn()
	return nil
}

// segmentBound is where a segment begins: hashes are split evenly.
func segmentBound(space []byte, segment, segments int64) []byte {
	at := uint32((uint64(segment) << 32) / uint64(segments))
	return binary.BigEndian.AppendUint32(bytes.Clone(space), at)
}
