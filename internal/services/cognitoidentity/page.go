package cognitoidentity

import "encoding/base64"

// pageToken is the opaque form of the last key on a page.
func pageToken(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

// pageStart is the key, after a prefix, that a page begins behind.
func pageStart(token string, prefix ...string) ([]string, error) {
	if token == "" {
		return prefix, nil
	}
	last, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, errInvalidParameter("Invalid pagination token")
	}
	return append(prefix, string(last)), nil
}
