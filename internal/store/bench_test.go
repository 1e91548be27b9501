package store_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/niebla-cloud/niebla/internal/store"
)

// BenchmarkUpdate is a synced read-modify-write of 1 KiB.
func BenchmarkUpdate(b *testing.B) {
	for name, open := range map[string]func() (*store.DB, error){
		"disk":   func() (*store.DB, error) { return store.Open(b.TempDir()) },
		"memory": func() (*store.DB, error) { return store.OpenMemory(), nil },
	} {
		for _, writers := range []int{1, 32} {
			b.Run(fmt.Sprintf("%s-%d", name, writers), func(b *testing.B) {
				db, err := open()
				if err != nil {
					b.Fatal(err)
				}
				defer db.Close()
				value := make([]byte, 1024)
				var n atomic.Int64
				b.SetParallelism(max(1, writers/2))
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						key := fmt.Appendf(nil, "key-%06d", n.Add(1)%10000)
						err := db.Update(func(tx *store.Tx) error {
							tx.Get(key)
							tx.Set(key, value)
							return nil
						})
						if err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	db := store.OpenMemory()
	defer db.Close()
	key := []byte("key")
	if err := db.Update(func(tx *store.Tx) error { tx.Set(key, make([]byte, 1024)); return nil }); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := db.Read(key, func([]byte, bool) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
