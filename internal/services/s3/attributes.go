package s3

import (
	"context"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func (s *Service) getObjectAttributes(ctx context.Context, c *aws.Call, in *GetObjectAttributesInput) (*GetObjectAttributesOutput, error) {
	if err := in.customerKey.refuse(); err != nil {
		return nil, err
	}
	want, err := in.wanted()
	if err != nil {
		return nil, err
	}
	b, v, err := s.existing(ctx, c, in.onObject, in.VersionId, "GET")
	if err != nil {
		return nil, err
	}
	out := &GetObjectAttributesOutput{LastModified: v.Modified, VersionId: b.shown(v)}
	if want["ETag"] {
		out.ETag = v.ETag
	}
	if want["Checksum"] {
		out.Checksum = &Checksum{ChecksumType: v.Checksum.Type}
		out.Checksum.set(v.Checksum)
	}
	if want["StorageClass"] {
		out.StorageClass = v.class()
	}
	if want["ObjectSize"] {
		out.ObjectSize = &v.Size
	}
	if want["ObjectParts"] && v.Parts > 0 {
		out.ObjectParts, err = s.objectParts(v, in)
	}
	return out, err
}

// wanted is the set of attributes asked for.
func (in *GetObjectAttributesInput) wanted() (map[string]bool, error) {
	want := map[string]bool{}
	for _, list := range in.ObjectAttributes {
		for a := range strings.SplitSeq(list, ",") {
			a = strings.TrimSpace(a)
			switch a {
			case "":
			case "ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize":
				want[a] = true
			default:
				return nil, errArgument("x-amz-object-attributes", a, "Invalid attribute name specified.")
			}
		}
	}
	if len(want) == 0 {
		return nil, errInvalidRequest("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	}
	return want, nil
}

// objectParts lists the parts of a multipart object. Its parts are named only
// where each has a checksum; else there is only their number.
func (s *Service) objectParts(v *version, in *GetObjectAttributesInput) (*ObjectParts, error) {
	out := &ObjectParts{TotalPartsCount: int32(v.Parts)}
	if v.Checksum.Type != composite {
		return out, nil
	}
	limit, err := intBetween("x-amz-max-parts", in.MaxParts, 1000, 0)
	if err != nil {
		return nil, err
	}
	marker, err := intBetween("x-amz-part-number-marker", in.PartNumberMarker, 0, 0)
	if err != nil {
		return nil, err
	}
	list, err := s.contents.pieces(v.Content)
	if err != nil {
		return nil, err
	}
	truncated, next := false, marker
	for _, p := range list {
		if p.Number <= marker {
			continue
		}
		if len(out.Parts) == limit {
			truncated = true
			break
		}
		part := ObjectPart{PartNumber: int32(p.Number), Size: p.Size}
		part.set(checksum{Algorithm: v.Checksum.Algorithm, Value: encodeSum(p.Sum)})
		out.Parts, next = append(out.Parts, part), p.Number
	}
	out.PartNumberMarker, out.NextPartNumberMarker, out.MaxParts, out.IsTruncated = number(marker), number(next), number(limit), &truncated
	return out, nil
}

// intBetween reads a number of a header or query: from 0 up, at most otherwise
// if that is a limit too.
func intBetween(name, value string, otherwise, ceiling int) (int, error) {
	if value == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(value, 10, 32)
	if err != nil {
		return 0, errArgument(name, value, "Provided "+name+" not an integer or within integer range")
	}
	if n < 0 {
		return 0, errArgument(name, value, "Argument "+name+" must be an integer between 0 and 2147483647")
	}
	if ceiling > 0 {
		n = min(n, int64(ceiling))
	}
	return int(n), nil
}
