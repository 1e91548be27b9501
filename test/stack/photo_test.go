package stack

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// profile is what the photo function says of a member.
type profile struct {
	Foto          string `dynamodbav:"foto"`
	FotoMiniatura string `dynamodbav:"fotoMiniatura"`
	FotoError     string `dynamodbav:"fotoError"`
}

func (c *cloud) profile(t *testing.T, id string) (p profile) {
	t.Helper()
	out, err := c.tables().GetItem(ctx(t), &dynamodb.GetItemInput{
		TableName: &stack.outputs.Users, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func upload(t *testing.T, as *s3.Client, key string, body []byte) error {
	t.Helper()
	_, err := as.PutObject(ctx(t), &s3.PutObjectInput{
		Bucket: &stack.outputs.Bucket, Key: &key, Body: bytes.NewReader(body), ContentType: aws.String("image/jpeg"),
	})
	return err
}

// place is where the photo says that it was taken.
const place = "Casa de Ana"

func TestPhoto(t *testing.T) {
	c := start(t)
	ana, bea := c.signUp(t, "ana"), c.signUp(t, "bea")
	as := objects(c.keys(t, ana))

	// Another's folder is closed, and so is reading.
	for what, err := range map[string]error{
		"putting into another's folder": upload(t, as, "profile-photos/"+bea.id+"/photo_1700000000000.jpg", turned(t, 900, 600)),
		"putting a page":                upload(t, as, "profile-photos/"+ana.id+"/page.html", []byte("<html>")),
	} {
		if api, ok := errors.AsType[smithy.APIError](err); !ok || api.ErrorCode() != "AccessDenied" {
			t.Errorf("%s: %v, want AccessDenied", what, err)
		}
	}

	key := "profile-photos/" + ana.id + "/photo_1700000000001.jpg"
	began := time.Now()
	if err := upload(t, as, key, turned(t, 900, 600)); err != nil {
		t.Fatal(err)
	}
	var p profile
	eventually(t, 20*time.Second, func() string {
		p = c.profile(t, ana.id)
		if p.Foto == "" {
			return "no photo in the profile"
		}
		return ""
	})
	t.Logf("in the profile after %v", time.Since(began).Round(time.Millisecond))
	if p.Foto != "/"+key || p.FotoMiniatura != "/fotos/"+ana.id+"/thumbnail_1700000000001.jpg" || p.FotoError != "" {
		t.Errorf("%+v", p)
	}
	for path, size := range map[string]image.Point{
		p.Foto: image.Pt(341, 512), p.FotoMiniatura: image.Pt(160, 160), "/fotos/" + ana.id + "/full_1700000000001.jpg": image.Pt(600, 900),
	} {
		for _, want := range []string{"Miss from cloudfront", "Hit from cloudfront"} {
			res := c.edge(t, path)
			if res.status != 200 || res.header.Get("X-Cache") != want || res.header.Get("Content-Type") != "image/jpeg" {
				t.Fatalf("%s: %d %v, want a %s", path, res.status, res.header, want)
			}
			if bytes.Contains(res.body, []byte("Exif")) || bytes.Contains(res.body, []byte(place)) {
				t.Errorf("%s has metadata", path)
			}
			img, err := jpeg.Decode(bytes.NewReader(res.body))
			if err != nil {
				t.Fatal(err)
			}
			b := img.Bounds()
			if b.Size() != size {
				t.Errorf("%s is %v, want %v", path, b.Size(), size)
			}
			// It lay on its left side: what was left is above.
			if above, below := img.At(b.Dx()/2, b.Dy()/8), img.At(b.Dx()/2, b.Dy()*7/8); !isRed(above) || isRed(below) {
				t.Errorf("%s is not turned: %v above %v", path, above, below)
			}
		}
	}

	// What is no photo, or too much of one, goes, and the profile says why.
	for i, bad := range []struct {
		reason string
		file   []byte
	}{
		{"not a JPEG", append([]byte("\xff\xd8\xff\xe0 this is no photo "), make([]byte, 4096)...)},
		{"megapixels", sized(t, 8000, 5000)},
	} {
		key := fmt.Sprintf("profile-photos/%s/photo_170000000001%d.jpg", ana.id, i)
		if err := upload(t, as, key, bad.file); err != nil {
			t.Fatal(err)
		}
		eventually(t, 20*time.Second, func() string {
			if p := c.profile(t, ana.id); !strings.Contains(p.FotoError, bad.reason) || p.Foto == "/"+key {
				return fmt.Sprintf("%+v, want an error that says %q", p, bad.reason)
			}
			return ""
		})
		_, err := objects(c.cfg).HeadObject(ctx(t), &s3.HeadObjectInput{Bucket: &stack.outputs.Bucket, Key: &key})
		if _, gone := errors.AsType[*s3types.NotFound](err); !gone {
			t.Errorf("%s: %v, want it gone", bad.reason, err)
		}
	}
	// One event for each upload, and one for the photo that was written back:
	// what it writes itself does not go round.
	eventually(t, 20*time.Second, func() string {
		if n := c.sum(t, "AWS/Lambda", "Invocations", "FunctionName", "ProcessProfilePhoto"); n != 4 {
			return fmt.Sprintf("%v invocations, want 4", n)
		}
		return ""
	})
	if n := c.sum(t, "AWS/Lambda", "Errors", "FunctionName", "ProcessProfilePhoto"); n != 0 {
		t.Errorf("%v invocations failed", n)
	}
}

// turned is a photo whose left half is red, that was taken with the camera on
// its side, and says so and where.
func turned(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, map[bool]color.Color{true: color.RGBA{200, 20, 20, 255}, false: color.RGBA{20, 20, 200, 255}}[x < width/2])
		}
	}
	file := encoded(t, img)
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08")
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = binary.BigEndian.AppendUint16(tiff, tag)
		tiff = binary.BigEndian.AppendUint16(tiff, kind)
		tiff = binary.BigEndian.AppendUint32(tiff, count)
		tiff = binary.BigEndian.AppendUint32(tiff, value)
	}
	const short, long, ascii, directory = 3, 4, 2, 8 + 2 + 3*12 + 4
	tiff = append(tiff, 0, 3)
	entry(0x010e, ascii, uint32(len(place)), directory+2+12+4) // ImageDescription
	entry(0x0112, short, 1, 6<<16)                             // Orientation: turn right by a quarter
	entry(0x8825, long, 1, directory)                          // GPS
	tiff = append(tiff, 0, 0, 0, 0, 0, 1)
	entry(0x0001, ascii, 2, 'N'<<24) // GPSLatitudeRef
	tiff = append(append(tiff, 0, 0, 0, 0), place...)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1}, byte((len(segment)+2)>>8), byte(len(segment)+2))
	return append(append(head, segment...), file[2:]...)
}

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sized is a small JPEG whose header says that it has so many pixels.
func sized(t *testing.T, width, height uint16) []byte {
	t.Helper()
	file := encoded(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	at := bytes.Index(file, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(file[at+5:], height)
	binary.BigEndian.PutUint16(file[at+7:], width)
	return file
}

func isRed(c color.Color) bool {
	r, _, b, _ := c.RGBA()
	return r > 2*b
}
