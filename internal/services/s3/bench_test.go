package s3

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
)

func BenchmarkPut1KiB(b *testing.B) {
	w := newWorld(b)
	w.bucket("bench")
	content := filled(1024)
	c := w.call()
	for i := 0; b.Loop(); i++ {
		in := put("bench", fmt.Sprintf("k/%d", i%10_000), "")
		in.Body = strings.NewReader(content)
		if _, err := w.putObject(context.Background(), c, in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet1KiB(b *testing.B) {
	w := newWorld(b)
	w.bucket("bench")
	do[PutObjectOutput](w, put("bench", "k", filled(1024)))
	c, in := w.call(), get("bench", "k")
	for b.Loop() {
		out, err := w.getObject(context.Background(), c, in)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, out.Body.ReadCloser); err != nil {
			b.Fatal(err)
		}
		out.Body.Close()
	}
}

func BenchmarkPut8MiB(b *testing.B) {
	w := newWorld(b)
	w.bucket("bench")
	content := filled(8 << 20)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := w.putObject(context.Background(), w.call(), put("bench", "k", content)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList1000(b *testing.B) {
	w := newWorld(b)
	w.bucket("bench")
	for i := range 2000 {
		do[PutObjectOutput](w, put("bench", fmt.Sprintf("k/%06d", i), ""))
	}
	in := &ListObjectsV2Input{listing: listing{onBucket: on("bench")}}
	for b.Loop() {
		if out, err := w.listObjectsV2(context.Background(), w.call(), in); err != nil || out.KeyCount != 1000 {
			b.Fatal(err)
		}
	}
}
