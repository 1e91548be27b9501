package dynamodb

import "time"

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

// SSESpecification says what a table is encrypted with.
type SSESpecification struct {
	Enabled        bool
	SSEType        string `enum:"AES256|KMS"`
	KMSMasterKeyId string
}

// SSEDescription is what a table is encrypted with.
type SSEDescription struct {
	Status          string
	SSEType         string
	KMSMasterKeyArn string
}

// WarmThroughput is what a table or index is to serve at once.
type WarmThroughput struct {
	ReadUnitsPerSecond  *int64 `range:"1,"`
	WriteUnitsPerSecond *int64 `range:"1,"`
}

// UpdateContributorInsightsInput is the input of UpdateContributorInsights.
type UpdateContributorInsightsInput struct {
	TableName                 string `required:"" len:"1,1024"`
	IndexName                 string `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	ContributorInsightsAction string `required:"" enum:"ENABLE|DISABLE"`
	ContributorInsightsMode   string `enum:"ACCESSED_AND_THROTTLED_KEYS|THROTTLED_KEYS"`
}

// UpdateContributorInsightsOutput is the output of UpdateContributorInsights.
type UpdateContributorInsightsOutput struct {
	TableName                 string
	IndexName                 string
	ContributorInsightsStatus string
	ContributorInsightsMode   string
}

// DescribeContributorInsightsInput is the input of DescribeContributorInsights.
type DescribeContributorInsightsInput struct {
	TableName string `required:"" len:"1,1024"`
	IndexName string `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
}

// DescribeContributorInsightsOutput is the output of DescribeContributorInsights.
type DescribeContributorInsightsOutput struct {
	TableName                 string
	IndexName                 string
	ContributorInsightsStatus string
	ContributorInsightsMode   string
	LastUpdateDateTime        time.Time
}

// ListContributorInsightsInput is the input of ListContributorInsights.
type ListContributorInsightsInput struct {
	TableName  string `len:"1,1024"`
	NextToken  string
	MaxResults *int `range:"1,100"`
}

// ListContributorInsightsOutput is the output of ListContributorInsights.
type ListContributorInsightsOutput struct {
	ContributorInsightsSummaries []ContributorInsightsSummary
	NextToken                    string
}

// ContributorInsightsSummary is one setting.
type ContributorInsightsSummary struct {
	TableName                 string
	IndexName                 string
	ContributorInsightsStatus string
	ContributorInsightsMode   string
}
