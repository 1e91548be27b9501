package s3

import (
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Websites lists the buckets of an account that are websites.
func (s *Service) Websites(account aws.AccountID) (names []string, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		p := ownedBy(account)
		for k := range tx.Scan(p, store.PrefixEnd(p)) {
			b, err := getBucket(tx, string(k[len(p):]))
			if err != nil {
				return err
			}
			if b.Website != nil {
				names = append(names, b.Name)
			}
		}
		return nil
	})
	return names, err
}
