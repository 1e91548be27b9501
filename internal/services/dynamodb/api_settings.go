package dynamodb

// PutResourcePolicyInput is the input of PutResourcePolicy.
type PutResourcePolicyInput struct {
	ResourceArn                     string `required:"" len:"1,1283"`
	Policy                          string `required:""`
	ExpectedRevisionId              string `len:"1,255"`
	ConfirmRemoveSelfResourceAccess bool
}

// PutResourcePolicyOutput is the output of PutResourcePolicy and DeleteResourcePolicy.
type PutResourcePolicyOutput struct{ RevisionId string }

// GetResourcePolicyInput is the input of GetResourcePolicy.
type GetResourcePolicyInput struct {
	ResourceArn string `required:"" len:"1,1283"`
}

// GetResourcePolicyOutput is the output of GetResourcePolicy.
type GetResourcePolicyOutput struct {
	Policy     string
	RevisionId string
}

// DeleteResourcePolicyInput is the input of DeleteResourcePolicy.
type DeleteResourcePolicyInput struct {
	ResourceArn        string `required:"" len:"1,1283"`
	ExpectedRevisionId string `len:"1,255"`
}
