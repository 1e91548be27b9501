package s3

import (
	"io"
	"time"
)

// CreateMultipartUploadInput is the input of CreateMultipartUpload.
type CreateMultipartUploadInput struct {
	_ struct{} `http:"POST /{Bucket}/{Key+}?uploads"`
	onObject
	aclHeaders
	description
	wantedCipher
	customerKey
	lockHeaders
	ChecksumAlgorithm string `wire:"x-amz-checksum-algorithm" loc:"header"`
	ChecksumType      string `wire:"x-amz-checksum-type" loc:"header"`
	Tagging           string `wire:"x-amz-tagging" loc:"header"`
}

// CreateMultipartUploadOutput is the output of CreateMultipartUpload.
type CreateMultipartUploadOutput struct {
	_ struct{} `root:"InitiateMultipartUploadResult"`
	cipherHeaders
	Bucket            string
	Key               string
	UploadId          string
	ChecksumAlgorithm string `wire:"x-amz-checksum-algorithm" loc:"header"`
	ChecksumType      string `wire:"x-amz-checksum-type" loc:"header"`
}

// onUpload is what every request about a multipart upload carries.
type onUpload struct {
	onObject
	UploadId string `wire:"uploadId" loc:"query" required:""`
}

// UploadPartInput is the input of UploadPart.
type UploadPartInput struct {
	_ struct{} `http:"PUT /{Bucket}/{Key+}"`
	onUpload
	uploaded
	customerKey
	Body       io.Reader `loc:"payload"`
	PartNumber string    `wire:"partNumber" loc:"query" required:""`
}

// UploadPartOutput is the output of UploadPart.
type UploadPartOutput struct {
	cipherHeaders
	checksumHeaders
	ETag string `loc:"header"`
}

// UploadPartCopyInput is the input of UploadPartCopy.
type UploadPartCopyInput struct {
	_ struct{} `http:"PUT /{Bucket}/{Key+}"`
	onUpload
	copySource
	customerKey
	CopySourceRange string `wire:"x-amz-copy-source-range" loc:"header"`
	PartNumber      string `wire:"partNumber" loc:"query" required:""`
}

// UploadPartCopyOutput is the output of UploadPartCopy.
type UploadPartCopyOutput struct {
	cipherHeaders
	CopyPartResult      *CopyPartResult `loc:"payload"`
	CopySourceVersionId string          `wire:"x-amz-copy-source-version-id" loc:"header"`
}

// CopyPartResult describes a part that was copied.
type CopyPartResult struct {
	_            struct{} `root:"CopyPartResult"`
	ETag         string
	LastModified time.Time `ts:"iso8601"`
	checksumElements
}

// CompleteMultipartUploadInput is the input of CompleteMultipartUpload.
type CompleteMultipartUploadInput struct {
	_ struct{} `http:"POST /{Bucket}/{Key+}"`
	onUpload
	checksumHeaders
	customerKey
	ChecksumType    string                    `wire:"x-amz-checksum-type" loc:"header"`
	IfMatch         string                    `wire:"If-Match" loc:"header"`
	IfNoneMatch     string                    `wire:"If-None-Match" loc:"header"`
	MpuObjectSize   string                    `wire:"x-amz-mp-object-size" loc:"header"`
	MultipartUpload *CompletedMultipartUpload `wire:"CompleteMultipartUpload" loc:"payload"`
}

// CompletedMultipartUpload lists the parts an object is made of.
type CompletedMultipartUpload struct {
	Parts []CompletedPart `wire:"Part" flat:""`
}

// CompletedPart is one part an object is made of.
type CompletedPart struct {
	checksumElements
	ETag       string
	PartNumber *int32
}

// CompleteMultipartUploadOutput is the output of CompleteMultipartUpload.
type CompleteMultipartUploadOutput struct {
	_ struct{} `root:"CompleteMultipartUploadResult"`
	cipherHeaders
	Location string
	Bucket   string
	Key      string
	ETag     string
	checksumElements
	ChecksumType string
	VersionId    string `wire:"x-amz-version-id" loc:"header"`
}

// AbortMultipartUploadInput is the input of AbortMultipartUpload.
type AbortMultipartUploadInput struct {
	_ struct{} `http:"DELETE /{Bucket}/{Key+}"`
	onUpload
	IfMatchInitiatedTime string `wire:"x-amz-if-match-initiated-time" loc:"header"`
}

// ListPartsInput is the input of ListParts.
type ListPartsInput struct {
	_ struct{} `http:"GET /{Bucket}/{Key+}"`
	onUpload
	customerKey
	MaxParts         string `wire:"max-parts" loc:"query"`
	PartNumberMarker string `wire:"part-number-marker" loc:"query"`
}

// ListPartsOutput is the output of ListParts.
type ListPartsOutput struct {
	_                    struct{} `root:"ListPartsResult"`
	Bucket               string
	Key                  string
	UploadId             string
	Initiator            Initiator
	Owner                Owner
	StorageClass         string
	PartNumberMarker     int32
	NextPartNumberMarker int32
	MaxParts             int32
	IsTruncated          bool
	ChecksumAlgorithm    string
	ChecksumType         string
	Parts                []Part `wire:"Part" flat:""`
}

// Initiator is who began an upload.
type Initiator struct{ ID, DisplayName string }

// Part is a part in a list.
type Part struct {
	PartNumber   int32
	LastModified time.Time `ts:"iso8601"`
	ETag         string
	Size         int64
	checksumElements
}

// ListMultipartUploadsInput is the input of ListMultipartUploads.
type ListMultipartUploadsInput struct {
	_ struct{} `http:"GET /{Bucket}?uploads"`
	listing
	KeyMarker      string `wire:"key-marker" loc:"query"`
	MaxUploads     string `wire:"max-uploads" loc:"query"`
	UploadIdMarker string `wire:"upload-id-marker" loc:"query"`
}

// ListMultipartUploadsOutput is the output of ListMultipartUploads.
type ListMultipartUploadsOutput struct {
	_                  struct{} `root:"ListMultipartUploadsResult"`
	Bucket             string
	KeyMarker          *string
	UploadIdMarker     *string
	NextKeyMarker      string
	NextUploadIdMarker string
	Prefix             *string
	Delimiter          string
	EncodingType       string
	MaxUploads         int32
	IsTruncated        bool
	Uploads            []MultipartUpload `wire:"Upload" flat:""`
	CommonPrefixes     []CommonPrefix    `flat:""`
}

// MultipartUpload is an upload in a list.
type MultipartUpload struct {
	Key               string
	UploadId          string
	Initiator         Initiator
	Owner             Owner
	StorageClass      string
	Initiated         time.Time `ts:"iso8601"`
	ChecksumAlgorithm string
	ChecksumType      string
}
