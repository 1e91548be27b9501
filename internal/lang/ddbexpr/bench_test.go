package ddbexpr

import (
	"strings"
	"testing"
)

// anItem is an item of 1 KiB such as applications have.
var anItem = []byte(`{"title":{"S":"` + strings.Repeat("title ", 7) + `"},"plays":{"N":"123456"},"tags":{"L":[{"S":"twelve bytes"},{"S":"twelve bytes"}]},` +
	`"notes":{"S":"` + strings.Repeat("notes ", 137) + `"},"live":{"BOOL":true},"by":{"M":{"name":{"S":"` + strings.Repeat("name ", 6) + `"},"year":{"N":"2026"}}},` +
	`"pk":{"S":"song-000001"}}`)

func BenchmarkAppendItem(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(anItem)))
	var dst []byte
	for b.Loop() {
		it, err := AppendItem(dst[:0], anItem)
		if err != nil {
			b.Fatal(err)
		}
		dst = it
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	it, err := ParseItem(anItem)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(anItem)))
	var dst []byte
	for b.Loop() {
		dst = it.AppendJSON(dst[:0])
	}
}
