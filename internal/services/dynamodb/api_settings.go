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

// ReplicationGroupUpdate is what UpdateTable does to one replica.
type ReplicationGroupUpdate struct {
	Create *CreateReplicationGroupMemberAction
	Update *UpdateReplicationGroupMemberAction
	Delete *DeleteReplicationGroupMemberAction
}

// CreateReplicationGroupMemberAction adds a replica.
type CreateReplicationGroupMemberAction struct {
	RegionName         string `required:""`
	TableClassOverride string `enum:"STANDARD|STANDARD_INFREQUENT_ACCESS"`
}

// UpdateReplicationGroupMemberAction changes a replica.
type UpdateReplicationGroupMemberAction struct {
	RegionName         string `required:""`
	TableClassOverride string `enum:"STANDARD|STANDARD_INFREQUENT_ACCESS"`
}

// DeleteReplicationGroupMemberAction deletes a replica.
type DeleteReplicationGroupMemberAction struct {
	RegionName string `required:""`
}

// ReplicaDescription is what is known of a replica.
type ReplicaDescription struct {
	RegionName               string
	ReplicaStatus            string
	ReplicaArn               string
	GlobalSecondaryIndexes   []ReplicaIndexDescription
	ReplicaTableClassSummary *TableClassSummary
}

// ReplicaIndexDescription is an index of a replica.
type ReplicaIndexDescription struct{ IndexName string }
