package dynamodb

import "testing"

// FuzzStreamNames holds that what clients name places in streams with is read
// as it is written, or refused.
func FuzzStreamNames(f *testing.F) {
	f.Add("arn:aws:dynamodb:eu-west-3:000000000000:table/t/stream/2026-11-22T08:00:00.000", "100000000000000000005")
	f.Add("arn:aws:dynamodb:eu-west-3:000000000000:table/t", "1")
	f.Add("", "199999999999999999999")
	f.Fuzz(func(t *testing.T, arn, sequence string) {
		if p, table, label, err := parseStreamARN(arn); err == nil {
			if p.Resource != "table/"+table+"/stream/"+label {
				t.Errorf("%q is table %q, label %q", arn, table, label)
			}
		}
		if n, err := parseSequence(sequence); err == nil && sequenceText(n) != sequence {
			t.Errorf("%q is %d", sequence, n)
		}
	})
}
