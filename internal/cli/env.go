package cli

import (
	"fmt"
	"strings"
)

type envCmd struct {
	endpoint
	keys
	Format string `help:"shell, profile, terraform or pulumi." default:"shell" enum:"shell,profile,terraform,pulumi"`
}

func (envCmd) Help() string {
	return `Prints settings only; it does not ask whether the cloud runs.

Examples:
  eval "$(niebla env)"
  niebla env --format profile >> ~/.aws/config     # then: aws --profile niebla …
  niebla env --format terraform > provider.tf
  niebla env --format pulumi | sh                  # in a Pulumi project

Exit status: 0; 2 wrong command line.`
}

// variables are the settings that every AWS SDK and tool reads.
func variables(e endpoint, k keys) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + e.Endpoint,
		"AWS_ACCESS_KEY_ID=" + k.Key,
		"AWS_SECRET_ACCESS_KEY=" + k.Secret,
		"AWS_REGION=" + k.Region,
		"AWS_DEFAULT_REGION=" + k.Region,
	}
}

// terraformEndpoints are the services as Terraform and Pulumi name them.
var terraformEndpoints = []string{
	"apigateway", "apigatewayv2", "appsync", "ce", "cloudfront", "cloudwatch", "cognitoidentity", "cognitoidp", "dynamodb", "events",
	"iam", "kms", "lambda", "logs", "s3", "scheduler", "sns", "sqs", "sts",
}

func (c *envCmd) Run(a *app) error {
	switch c.Format {
	case "shell":
		for _, v := range variables(c.endpoint, c.keys) {
			name, value, _ := strings.Cut(v, "=")
			fmt.Fprintf(a.out, "export %s=%s\n", name, quote(value))
		}
		fmt.Fprintln(a.out, "unset AWS_SESSION_TOKEN AWS_PROFILE")
	case "profile":
		fmt.Fprintf(a.out, "[profile niebla]\nendpoint_url = %s\nregion = %s\naws_access_key_id = %s\naws_secret_access_key = %s\n",
			c.Endpoint, c.Region, c.Key, c.Secret)
	case "terraform":
		fmt.Fprintf(a.out, `provider "aws" {
  region                      = %q
  access_key                  = %q
  secret_key                  = %q
  s3_use_path_style           = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  endpoints {
`, c.Region, c.Key, c.Secret)
		for _, s := range terraformEndpoints {
			fmt.Fprintf(a.out, "    %-15s = %q\n", s, c.Endpoint)
		}
		fmt.Fprint(a.out, "  }\n}\n")
	case "pulumi":
		set := func(flags, key, value string) {
			fmt.Fprintf(a.out, "pulumi config set %s%s %s\n", flags, key, quote(value))
		}
		set("", "aws:region", c.Region)
		set("", "aws:accessKey", c.Key)
		set("--secret ", "aws:secretKey", c.Secret)
		set("", "aws:s3UsePathStyle", "true")
		set("", "aws:skipMetadataApiCheck", "true")
		for _, s := range terraformEndpoints {
			set("--path ", "aws:endpoints[0]."+s, c.Endpoint)
		}
	}
	return nil
}

// quote quotes a value for a POSIX shell, if it has to.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+=,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
