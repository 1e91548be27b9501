// Package publish tells subscribers of Biihlive's API that a profile changed.
//
// Invariants:
//   - A request is signed for AppSync with the credentials of the function (TestPublish).
//   - An error in the answer's body is an error (TestPublishErrors).
package publish

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// Publisher calls the API's mutation publishUser.
type Publisher struct {
	URL         string
	Region      string
	Credentials aws.CredentialsProvider
	HTTP        *http.Client
	Now         func() time.Time
}

// mutation selects all that subscribers may have asked for: a subscription is
// given what its mutation selected, and no more.
const mutation = `mutation ($userId: ID!) { publishUser(userId: $userId) {
  userId nickname nombreCompleto seguidores siguiendo puntos nivel ciudad pais descripcion isOnline lastSeen foto fotoMiniatura fotoRechazada
} }`

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// User tells subscribers of a member's profile what it is now.
func (p *Publisher) User(ctx context.Context, userID string) error {
	body, err := json.Marshal(map[string]any{"query": mutation, "variables": map[string]string{"userId": userID}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	creds, err := p.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, creds, req, hex.EncodeToString(sum[:]), "appsync", p.Region, p.Now()); err != nil {
		return err
	}
	res, err := p.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return err
	}
	var said struct {
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(answer, &said); err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("the API answered %s: %.200s", res.Status, answer)
	}
	if len(said.Errors) > 0 {
		return fmt.Errorf("publishUser: %s", said.Errors[0].Message)
	}
	return nil
}
