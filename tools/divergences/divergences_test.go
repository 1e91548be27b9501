package main

import (
	"slices"
	"strings"
	"testing"
)

func TestAbsent(t *testing.T) {
	for doc, want := range map[string][]string{
		"Package x.\n\nInvariants:\n  - one (TestOne).\n":                           nil,
		"Absent:\n  - Grants\n    and tokens.\n  - Replicas.\n\nFormats: none.\n":   {"Grants and tokens.", "Replicas."},
		"Package x.\n\nAbsent: ACLs, locks,\nappends. They are refused.\n\nMore.\n": {"ACLs, locks, appends. They are refused."},
	} {
		if got := absent(doc); !slices.Equal(got, want) {
			t.Errorf("absent(%q) = %q, want %q", doc, got, want)
		}
	}
}

func TestReadsTheServices(t *testing.T) {
	services, err := read("../../internal/services")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(services, func(s svc) bool { return s.folder == "kms" })
	if i < 0 {
		t.Fatal("no kms")
	}
	kms := services[i]
	has := func(name string) bool {
		return slices.ContainsFunc(kms.operations, func(o operation) bool { return o.name == name && o.scripted })
	}
	if kms.title != "AWS Key Management Service" || kms.prefix != "kms" || !has("Encrypt") || has("Sign") || len(kms.absent) == 0 {
		t.Errorf("kms = %+v", kms)
	}
	if i := slices.IndexFunc(services, func(s svc) bool { return s.folder == "dynamodb" }); services[i].title != "Amazon DynamoDB" {
		t.Errorf("dynamodb is titled %q", services[i].title)
	}
	if page := render(services); !strings.Contains(page, "| [AWS Key Management Service](#aws-key-management-service) |") {
		t.Errorf("page = %s", page)
	}
}

// TestUpToDate is the reason why DIVERGENCES.md cannot be forgotten.
func TestUpToDate(t *testing.T) {
	if err := run("../..", true); err != nil {
		t.Error(err)
	}
}
