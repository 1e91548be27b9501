package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/ranking"
)

func TestAsked(t *testing.T) {
	for path, want := range map[string][2]string{
		"/rankings/paises/ES":                       {"PAIS", "ES"},
		"/rankings/paises/ES/":                      {"PAIS", "ES"},
		"/rankings/ciudades/ES/Madrid":              {"CIUDAD", "ES/Madrid"},
		"/rankings/ciudades/ES/A%20Coru%C3%B1a":     {"CIUDAD", "ES/A Coruña"},
		"/rankings/ciudades/ES/A Coruña":            {"CIUDAD", "ES/A Coruña"},
		"/":                                         {},
		"/rankings":                                 {},
		"/rankings/paises":                          {},
		"/rankings/paises/":                         {},
		"/rankings/paises/ES/Madrid":                {},
		"/rankings/ciudades/ES":                     {},
		"/rankings/ciudades//Madrid":                {},
		"/rankings/ciudades/ES%2FMadrid/x":          {},
		"/rankings/paises/ES%23x":                   {},
		"/rankings/paises/%zz":                      {},
		"/other/paises/ES":                          {},
		"/rankings/paises/ES/../../rankings/paises": {},
	} {
		kind, place, ok := asked(path)
		if got := [2]string{kind, place}; got != want || ok != (want[0] != "") {
			t.Errorf("%s asks for %q, %v; want %q", path, got, ok, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	h := handler{ranking.Editions{DB: cloudtest.Tables(t, cloudtest.Start(t)), Table: cloudtest.Rankings}}
	ask := func(path string) (status int, keep string, body map[string]any) {
		t.Helper()
		res, err := h.handle(t.Context(), events.APIGatewayV2HTTPRequest{RawPath: path})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(res.Body), &body); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, res.Headers["Cache-Control"], body
	}
	if status, keep, _ := ask("/rankings/paises/ES"); status != http.StatusNotFound || keep != "no-store" {
		t.Errorf("before the first edition: %d, %s", status, keep)
	}
	members := []ranking.Member{{UserID: "a", Nickname: "ana", Country: "ES", City: "Madrid", Points: 7}}
	if err := h.editions.Write(t.Context(), "2026-01-02", time.Now(), ranking.Rank("2026-01-02", members)); err != nil {
		t.Fatal(err)
	}
	status, keep, body := ask("/rankings/ciudades/ES/Madrid")
	first := body["entries"].([]any)[0].(map[string]any)
	if status != http.StatusOK || keep != "public, max-age=300" || body["edition"] != "2026-01-02" || first["nickname"] != "ana" || first["puntos"] != 7.0 {
		t.Errorf("%d, %s, %v", status, keep, body)
	}
	if _, said := first["caduca"]; said || first["ranking"] != nil {
		t.Errorf("an entry says what is the table's business: %v", first)
	}
	for _, path := range []string{"/rankings/paises/MX", "/rankings/continentes/EU"} {
		if status, keep, body := ask(path); status != http.StatusNotFound || keep != "no-store" || body["message"] == "" {
			t.Errorf("%s: %d, %s, %v", path, status, keep, body)
		}
	}
}
