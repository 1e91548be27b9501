package logs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// stream is a log stream as stored. Times are of its events, 0 if it has none.
type stream struct {
	Name     string
	Created  int64
	First    int64
	Last     int64
	Ingested int64
	Puts     int64
}

func (st *stream) token() string { return fmt.Sprintf("%056d", st.Puts) }

func (s *Service) findStream(tx *store.Tx, scope aws.Scope, group, name string) (stream, error) {
	st, ok := s.streams.Get(tx, scope, group, name)
	if !ok {
		return stream{}, errNoStream()
	}
	return st, nil
}

func (s *Service) createLogStream(_ context.Context, c *aws.Call, in *CreateLogStreamInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, in.LogGroupName); err != nil {
			return err
		}
		if _, taken := s.streams.Get(tx, c.Scope, in.LogGroupName, in.LogStreamName); taken {
			return errStreamExists()
		}
		s.streams.Put(tx, c.Scope, stream{Name: in.LogStreamName, Created: millis(c.Time)}, in.LogGroupName, in.LogStreamName)
		return nil
	})
}

func (s *Service) deleteLogStream(_ context.Context, c *aws.Call, in *DeleteLogStreamInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, in.LogGroupName); err != nil {
			return err
		}
		if _, err := s.findStream(tx, c.Scope, in.LogGroupName, in.LogStreamName); err != nil {
			return err
		}
		s.streams.Delete(tx, c.Scope, in.LogGroupName, in.LogStreamName)
		dropEvents(tx, c.Scope, in.LogGroupName, in.LogStreamName, position{}, end)
		return nil
	})
}

func (s *Service) describeLogStreams(_ context.Context, c *aws.Call, in *DescribeLogStreamsInput) (*DescribeLogStreamsOutput, error) {
	name, err := oneName(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	byTime := in.OrderBy == "LastEventTime"
	if byTime && in.LogStreamNamePrefix != "" {
		return nil, errParameter("Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	after, err := decodeToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	var list []stream
	err = s.DB.View(func(tx *store.Tx) error {
		if _, err := s.find(tx, c.Scope, name); err != nil {
			return err
		}
		for _, st := range s.streams.All(tx, c.Scope, name) {
			if strings.HasPrefix(st.Name, in.LogStreamNamePrefix) {
				list = append(list, st)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// A page goes on where the one before ended, whatever was added meanwhile.
	key := func(st *stream) string {
		if byTime {
			return fmt.Sprintf("%020d/%s", st.Last, st.Name)
		}
		return st.Name
	}
	compare := func(a, b string) int {
		if in.Descending {
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	}
	slices.SortFunc(list, func(a, b stream) int { return compare(key(&a), key(&b)) })
	limit := orElse(in.Limit, 50)
	out := &DescribeLogStreamsOutput{LogStreams: []LogStream{}}
	for i := range list {
		st := &list[i]
		if after != "" && compare(key(st), after) <= 0 {
			continue
		}
		if len(out.LogStreams) == limit {
			out.NextToken = encodeToken(key(&list[i-1]))
			break
		}
		out.LogStreams = append(out.LogStreams, st.describe(c.Scope, name))
	}
	return out, nil
}

// describe shows a stream. Its size is 0, as on AWS since 2019.
func (st *stream) describe(scope aws.Scope, group string) LogStream {
	d := LogStream{Arn: string(streamARN(scope, group, st.Name)), CreationTime: st.Created, LogStreamName: st.Name}
	if st.Puts > 0 {
		d.UploadSequenceToken = st.token()
	}
	if st.Ingested > 0 {
		d.FirstEventTimestamp, d.LastEventTimestamp, d.LastIngestionTime = &st.First, &st.Last, &st.Ingested
	}
	return d
}

// oneName is the group that an input names in one of two ways.
func oneName(name, identifier string) (string, error) {
	switch {
	case name != "" && identifier != "":
		return "", errParameter("LogGroup name and LogGroup identifier are mutually exclusive parameters.")
	case name == "" && identifier == "":
		return "", errParameter("At least one of logGroupName or logGroupIdentifier must be specified.")
	}
	return nameOf(either(name, identifier)), nil
}
