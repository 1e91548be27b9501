package s3

import (
	"io"
	"time"

	"github.com/niebla-cloud/niebla/internal/service"
)

// customerKey is SSE-C, which we refuse.
type customerKey struct {
	SSECustomerAlgorithm string `wire:"x-amz-server-side-encryption-customer-algorithm" loc:"header"`
	SSECustomerKey       string `wire:"x-amz-server-side-encryption-customer-key" loc:"header" sensitive:""`
	SSECustomerKeyMD5    string `wire:"x-amz-server-side-encryption-customer-key-MD5" loc:"header"`
}

// wantedCipher is the encryption a request asks for.
type wantedCipher struct {
	ServerSideEncryption    string `wire:"x-amz-server-side-encryption" loc:"header"`
	SSEKMSKeyId             string `wire:"x-amz-server-side-encryption-aws-kms-key-id" loc:"header"`
	SSEKMSEncryptionContext string `wire:"x-amz-server-side-encryption-context" loc:"header" sensitive:""`
	BucketKeyEnabled        *bool  `wire:"x-amz-server-side-encryption-bucket-key-enabled" loc:"header"`
}

// cipherHeaders say how an object is encrypted.
type cipherHeaders struct {
	ServerSideEncryption string `wire:"x-amz-server-side-encryption" loc:"header"`
	SSEKMSKeyId          string `wire:"x-amz-server-side-encryption-aws-kms-key-id" loc:"header"`
	BucketKeyEnabled     *bool  `wire:"x-amz-server-side-encryption-bucket-key-enabled" loc:"header"`
}

// description is what a client says of an object, and gets back with it.
type description struct {
	CacheControl            string            `wire:"Cache-Control" loc:"header"`
	ContentDisposition      string            `wire:"Content-Disposition" loc:"header"`
	ContentEncoding         string            `wire:"Content-Encoding" loc:"header"`
	ContentLanguage         string            `wire:"Content-Language" loc:"header"`
	ContentType             string            `wire:"Content-Type" loc:"header"`
	Expires                 string            `loc:"header"`
	Metadata                map[string]string `wire:"x-amz-meta-" loc:"headers"`
	StorageClass            string            `wire:"x-amz-storage-class" loc:"header"`
	WebsiteRedirectLocation string            `wire:"x-amz-website-redirect-location" loc:"header"`
}

// lockHeaders are those of Object Lock, which no bucket here has.
type lockHeaders struct {
	ObjectLockLegalHoldStatus string `wire:"x-amz-object-lock-legal-hold" loc:"header"`
	ObjectLockMode            string `wire:"x-amz-object-lock-mode" loc:"header"`
	ObjectLockRetainUntilDate string `wire:"x-amz-object-lock-retain-until-date" loc:"header"`
}

// uploaded are the headers of a payload that is checked while it is stored.
type uploaded struct {
	checksumHeaders
	ChecksumAlgorithm string  `wire:"x-amz-sdk-checksum-algorithm" loc:"header"`
	Trailer           string  `wire:"x-amz-trailer" loc:"header"`
	ContentMD5        *string `wire:"Content-MD5" loc:"header"`
	ContentLength     *int64  `wire:"Content-Length" loc:"header"`
	DecodedLength     *int64  `wire:"x-amz-decoded-content-length" loc:"header"`
}

// PutObjectInput is the input of PutObject.
type PutObjectInput struct {
	_ struct{} `http:"PUT /{Bucket}/{Key+}"`
	onObject
	aclHeaders
	description
	uploaded
	wantedCipher
	customerKey
	lockHeaders
	Body             io.Reader `loc:"payload"`
	IfMatch          string    `wire:"If-Match" loc:"header"`
	IfNoneMatch      string    `wire:"If-None-Match" loc:"header"`
	Tagging          string    `wire:"x-amz-tagging" loc:"header"`
	WriteOffsetBytes string    `wire:"x-amz-write-offset-bytes" loc:"header"`
}

// PutObjectOutput is the output of PutObject.
type PutObjectOutput struct {
	cipherHeaders
	checksumHeaders
	ChecksumType string `wire:"x-amz-checksum-type" loc:"header"`
	ETag         string `loc:"header"`
	VersionId    string `wire:"x-amz-version-id" loc:"header"`
}

// GetObjectInput is the input of GetObject.
type GetObjectInput struct {
	_ struct{} `http:"GET /{Bucket}/{Key+}"`
	reading
}

// HeadObjectInput is the input of HeadObject.
type HeadObjectInput struct {
	_ struct{} `http:"HEAD /{Bucket}/{Key+}"`
	reading
}

// reading is what GetObject and HeadObject have in common.
type reading struct {
	onObject
	customerKey
	ChecksumMode               string  `wire:"x-amz-checksum-mode" loc:"header"`
	IfMatch                    string  `wire:"If-Match" loc:"header"`
	IfModifiedSince            string  `wire:"If-Modified-Since" loc:"header"`
	IfNoneMatch                string  `wire:"If-None-Match" loc:"header"`
	IfUnmodifiedSince          string  `wire:"If-Unmodified-Since" loc:"header"`
	PartNumber                 string  `wire:"partNumber" loc:"query"`
	Range                      string  `loc:"header"`
	ResponseCacheControl       string  `wire:"response-cache-control" loc:"query"`
	ResponseContentDisposition string  `wire:"response-content-disposition" loc:"query"`
	ResponseContentEncoding    string  `wire:"response-content-encoding" loc:"query"`
	ResponseContentLanguage    string  `wire:"response-content-language" loc:"query"`
	ResponseContentType        string  `wire:"response-content-type" loc:"query"`
	ResponseExpires            string  `wire:"response-expires" loc:"query"`
	VersionId                  *string `wire:"versionId" loc:"query"`
}

// GetObjectOutput is the output of GetObject.
type GetObjectOutput struct {
	objectHeaders
	Body *service.Stream `loc:"payload"`

	ready time.Time // when the first byte could be sent
}

// HeadObjectOutput is the output of HeadObject.
type HeadObjectOutput struct {
	objectHeaders
	ContentLength int64 `wire:"Content-Length" loc:"header"`
}

// objectHeaders are the headers an object is read with.
type objectHeaders struct {
	description
	cipherHeaders
	checksumHeaders
	StatusCode   int32     `loc:"status"`
	AcceptRanges string    `wire:"Accept-Ranges" loc:"header"`
	ChecksumType string    `wire:"x-amz-checksum-type" loc:"header"`
	ContentRange string    `wire:"Content-Range" loc:"header"`
	ETag         string    `loc:"header"`
	LastModified time.Time `wire:"Last-Modified" loc:"header"`
	MissingMeta  *int32    `wire:"x-amz-missing-meta" loc:"header"`
	PartsCount   *int32    `wire:"x-amz-mp-parts-count" loc:"header"`
	TagCount     *int32    `wire:"x-amz-tagging-count" loc:"header"`
	VersionId    string    `wire:"x-amz-version-id" loc:"header"`
}

// DeleteObjectInput is the input of DeleteObject.
type DeleteObjectInput struct {
	_ struct{} `http:"DELETE /{Bucket}/{Key+}"`
	onObject
	IfMatch                 string  `wire:"If-Match" loc:"header"`
	IfMatchLastModifiedTime string  `wire:"x-amz-if-match-last-modified-time" loc:"header"`
	IfMatchSize             string  `wire:"x-amz-if-match-size" loc:"header"`
	VersionId               *string `wire:"versionId" loc:"query"`
}

// DeleteObjectOutput is the output of DeleteObject.
type DeleteObjectOutput struct {
	_            struct{} `status:"204"`
	DeleteMarker *bool    `wire:"x-amz-delete-marker" loc:"header"`
	VersionId    string   `wire:"x-amz-version-id" loc:"header"`
}

// DeleteObjectsInput is the input of DeleteObjects.
type DeleteObjectsInput struct {
	_ struct{} `http:"POST /{Bucket}?delete"`
	onBucket
	Delete *Delete `loc:"payload"`
}

// Delete lists what to delete.
type Delete struct {
	Objects []ObjectIdentifier `wire:"Object" flat:""`
	Quiet   bool
}

// ObjectIdentifier is one object, or one version of it, to delete.
type ObjectIdentifier struct {
	Key              string
	VersionId        string
	ETag             string
	LastModifiedTime string
	Size             *int64
}

// DeleteObjectsOutput is the output of DeleteObjects.
type DeleteObjectsOutput struct {
	_       struct{}        `root:"DeleteResult"`
	Deleted []DeletedObject `flat:""`
	Errors  []DeleteError   `wire:"Error" flat:""`
}

// DeletedObject is what became of one object.
type DeletedObject struct {
	Key                   string
	VersionId             string
	DeleteMarker          *bool
	DeleteMarkerVersionId string
}

// DeleteError is why one object was not deleted.
type DeleteError struct{ Key, VersionId, Code, Message string }

// copySource is what is copied, and under which conditions.
type copySource struct {
	CopySource                     string `wire:"x-amz-copy-source" loc:"header" required:""`
	CopySourceIfMatch              string `wire:"x-amz-copy-source-if-match" loc:"header"`
	CopySourceIfModifiedSince      string `wire:"x-amz-copy-source-if-modified-since" loc:"header"`
	CopySourceIfNoneMatch          string `wire:"x-amz-copy-source-if-none-match" loc:"header"`
	CopySourceIfUnmodifiedSince    string `wire:"x-amz-copy-source-if-unmodified-since" loc:"header"`
	CopySourceSSECustomerAlgorithm string `wire:"x-amz-copy-source-server-side-encryption-customer-algorithm" loc:"header"`
	ExpectedSourceBucketOwner      string `wire:"x-amz-source-expected-bucket-owner" loc:"header"`
}

// CopyObjectInput is the input of CopyObject.
type CopyObjectInput struct {
	_ struct{} `http:"PUT /{Bucket}/{Key+}"`
	onObject
	copySource
	aclHeaders
	description
	wantedCipher
	customerKey
	lockHeaders
	ChecksumAlgorithm string `wire:"x-amz-checksum-algorithm" loc:"header"`
	IfMatch           string `wire:"If-Match" loc:"header"`
	IfNoneMatch       string `wire:"If-None-Match" loc:"header"`
	MetadataDirective string `wire:"x-amz-metadata-directive" loc:"header"`
	Tagging           string `wire:"x-amz-tagging" loc:"header"`
	TaggingDirective  string `wire:"x-amz-tagging-directive" loc:"header"`
}

// CopyObjectOutput is the output of CopyObject.
type CopyObjectOutput struct {
	cipherHeaders
	CopyObjectResult    *CopyObjectResult `loc:"payload"`
	CopySourceVersionId string            `wire:"x-amz-copy-source-version-id" loc:"header"`
	VersionId           string            `wire:"x-amz-version-id" loc:"header"`
}

// CopyObjectResult describes the copy.
type CopyObjectResult struct {
	_            struct{} `root:"CopyObjectResult"`
	ETag         string
	LastModified time.Time `ts:"iso8601"`
	checksumElements
	ChecksumType string
}

// GetObjectAttributesInput is the input of GetObjectAttributes.
type GetObjectAttributesInput struct {
	_ struct{} `http:"GET /{Bucket}/{Key+}?attributes"`
	onObject
	customerKey
	MaxParts         string   `wire:"x-amz-max-parts" loc:"header"`
	ObjectAttributes []string `wire:"x-amz-object-attributes" loc:"header"`
	PartNumberMarker string   `wire:"x-amz-part-number-marker" loc:"header"`
	VersionId        *string  `wire:"versionId" loc:"query"`
}

// GetObjectAttributesOutput is the output of GetObjectAttributes.
type GetObjectAttributesOutput struct {
	_            struct{} `root:"GetObjectAttributesResponse"`
	ETag         string
	Checksum     *Checksum
	ObjectParts  *ObjectParts
	StorageClass string
	ObjectSize   *int64
	DeleteMarker *bool     `wire:"x-amz-delete-marker" loc:"header"`
	LastModified time.Time `wire:"Last-Modified" loc:"header"`
	VersionId    string    `wire:"x-amz-version-id" loc:"header"`
}

// Checksum is an object's checksum as an element.
type Checksum struct {
	checksumElements
	ChecksumType string
}

// ObjectParts lists the parts an object was uploaded in.
type ObjectParts struct {
	TotalPartsCount      int32 `wire:"PartsCount"`
	PartNumberMarker     *int32
	NextPartNumberMarker *int32
	MaxParts             *int32
	IsTruncated          *bool
	Parts                []ObjectPart `wire:"Part" flat:""`
}

// ObjectPart is one part of an object.
type ObjectPart struct {
	PartNumber int32
	Size       int64
	checksumElements
}

// GetObjectTaggingInput is the input of GetObjectTagging.
type GetObjectTaggingInput struct {
	_ struct{} `http:"GET /{Bucket}/{Key+}?tagging"`
	onObject
	VersionId *string `wire:"versionId" loc:"query"`
}

// GetObjectTaggingOutput is the output of GetObjectTagging.
type GetObjectTaggingOutput struct {
	_         struct{} `root:"Tagging"`
	TagSet    []Tag    `member:"Tag"`
	VersionId string   `wire:"x-amz-version-id" loc:"header"`
}

// PutObjectTaggingInput is the input of PutObjectTagging.
type PutObjectTaggingInput struct {
	_ struct{} `http:"PUT /{Bucket}/{Key+}?tagging"`
	onObject
	Tagging   *Tagging `loc:"payload"`
	VersionId *string  `wire:"versionId" loc:"query"`
}

// PutObjectTaggingOutput is the output of PutObjectTagging.
type PutObjectTaggingOutput struct {
	VersionId string `wire:"x-amz-version-id" loc:"header"`
}

// DeleteObjectTaggingInput is the input of DeleteObjectTagging.
type DeleteObjectTaggingInput struct {
	_ struct{} `http:"DELETE /{Bucket}/{Key+}?tagging"`
	onObject
	VersionId *string `wire:"versionId" loc:"query"`
}

// DeleteObjectTaggingOutput is the output of DeleteObjectTagging.
type DeleteObjectTaggingOutput struct {
	_         struct{} `status:"204"`
	VersionId string   `wire:"x-amz-version-id" loc:"header"`
}

// listing is what the list operations have in common.
type listing struct {
	onBucket
	Delimiter    string `wire:"delimiter" loc:"query"`
	EncodingType string `wire:"encoding-type" loc:"query"`
	Prefix       string `wire:"prefix" loc:"query"`
}

// ListObjectsInput is the input of ListObjects.
type ListObjectsInput struct {
	_ struct{} `http:"GET /{Bucket}"`
	listing
	Marker  string `wire:"marker" loc:"query"`
	MaxKeys string `wire:"max-keys" loc:"query"`
}

// ListObjectsOutput is the output of ListObjects.
type ListObjectsOutput struct {
	_              struct{} `root:"ListBucketResult"`
	Name           string
	Prefix         *string
	Marker         *string
	NextMarker     string
	MaxKeys        int32
	Delimiter      string
	EncodingType   string
	IsTruncated    bool
	Contents       []Object       `flat:""`
	CommonPrefixes []CommonPrefix `flat:""`
}

// Object is an object in a list.
type Object struct {
	Key               string
	LastModified      time.Time `ts:"iso8601"`
	ETag              string
	ChecksumAlgorithm []string `flat:""`
	ChecksumType      string
	Size              int64
	Owner             *Owner
	StorageClass      string
}

// CommonPrefix stands for all keys that begin with it.
type CommonPrefix struct{ Prefix string }

// ListObjectsV2Input is the input of ListObjectsV2.
type ListObjectsV2Input struct {
	_ struct{} `http:"GET /{Bucket}?list-type=2"`
	listing
	ContinuationToken *string `wire:"continuation-token" loc:"query"`
	FetchOwner        string  `wire:"fetch-owner" loc:"query"`
	MaxKeys           string  `wire:"max-keys" loc:"query"`
	StartAfter        string  `wire:"start-after" loc:"query"`
}

// ListObjectsV2Output is the output of ListObjectsV2.
type ListObjectsV2Output struct {
	_                     struct{} `root:"ListBucketResult"`
	Name                  string
	Prefix                *string
	StartAfter            string
	ContinuationToken     *string
	NextContinuationToken string
	KeyCount              int32
	MaxKeys               int32
	Delimiter             string
	EncodingType          string
	IsTruncated           bool
	Contents              []Object       `flat:""`
	CommonPrefixes        []CommonPrefix `flat:""`
}

// ListObjectVersionsInput is the input of ListObjectVersions.
type ListObjectVersionsInput struct {
	_ struct{} `http:"GET /{Bucket}?versions"`
	listing
	KeyMarker       string  `wire:"key-marker" loc:"query"`
	MaxKeys         string  `wire:"max-keys" loc:"query"`
	VersionIdMarker *string `wire:"version-id-marker" loc:"query"`
}

// ListObjectVersionsOutput is the output of ListObjectVersions.
type ListObjectVersionsOutput struct {
	_                   struct{} `root:"ListVersionsResult"`
	Name                string
	Prefix              *string
	KeyMarker           *string
	VersionIdMarker     *string
	NextKeyMarker       string
	NextVersionIdMarker string
	MaxKeys             int32
	Delimiter           string
	EncodingType        string
	IsTruncated         bool
	Versions            []ObjectVersion     `wire:"Version" flat:""`
	DeleteMarkers       []DeleteMarkerEntry `wire:"DeleteMarker" flat:""`
	CommonPrefixes      []CommonPrefix      `flat:""`
}

// ObjectVersion is a version in a list.
type ObjectVersion struct {
	Key               string
	VersionId         string
	IsLatest          bool
	LastModified      time.Time `ts:"iso8601"`
	ETag              string
	ChecksumAlgorithm []string `flat:""`
	ChecksumType      string
	Size              int64
	Owner             Owner
	StorageClass      string
}

// DeleteMarkerEntry is a delete marker in a list.
type DeleteMarkerEntry struct {
	Key          string
	VersionId    string
	IsLatest     bool
	LastModified time.Time `ts:"iso8601"`
	Owner        Owner
}
