package cloudwatch

import (
	"encoding/base64"
	"strconv"
)

// encodeToken is the opaque form of the last key on a page.
func encodeToken(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

func decodeToken(token string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", errToken()
	}
	return string(b), nil
}

func encodeOffset(n int) string { return encodeToken(strconv.Itoa(n)) }

func decodeOffset(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	text, err := decodeToken(token)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errToken()
	}
	return n, nil
}
