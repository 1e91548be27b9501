package cognitoidentity

import (
	"encoding/json"
	"fmt"
)

// guestActions are what a guest's session may do at most in the enhanced flow:
// the services on AWS' list, and of some only a few actions.
var guestActions = []string{
	"appsync:*", "cloudwatch:*", "codewhisperer:*", "cognito-identity:*", "cognito-idp:*", "cognito-sync:*",
	"comprehend:*", "dynamodb:*", "execute-api:*", "firehose:*", "gamelift:*", "iot:*", "kinesis:*",
	"kinesisanalytics:*", "lambda:*", "lex:*", "logs:*", "machinelearning:*", "mobileanalytics:*",
	"mobiletargeting:*", "personalize:*", "polly:*", "rekognition:*", "s3:*", "sdb:*", "ses:*", "sns:*", "sqs:*",
	"transcribe:*", "translate:*",
	"geo:GetMap*", "geo:SearchPlaceIndex*", "geo:GetPlace", "geo:CalculateRoute*", "geo:*Geofence",
	"geo:*Geofences", "geo:*DevicePosition*",
	"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:ReEncryptFrom", "kms:GenerateDataKey",
	"kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext", "kms:GenerateDataKeyWithoutPlaintext",
	"rum:PutRumEvents", "sagemaker:InvokeEndpoint", "textract:AnalyzeDocument", "textract:DetectDocumentText",
}

// guestPolicy is guestActions as a session policy.
func guestPolicy() string {
	actions, err := json.Marshal(guestActions)
	if err != nil {
		panic(err) // a list of strings always marshals
	}
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%s,"Resource":"*"}]}`, actions)
}
