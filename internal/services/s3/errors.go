package s3

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
)

// Buckets.

func errNoSuchBucket(name string) *aws.Error {
	return aws.Errorf(404, "NoSuchBucket", "The specified bucket does not exist").With("BucketName", name)
}

func errInvalidBucketName(name string) *aws.Error {
	return aws.Errorf(400, "InvalidBucketName", "The specified bucket is not valid.").With("BucketName", name)
}

func errOwnedByYou(name string) *aws.Error {
	return aws.Errorf(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.").With("BucketName", name)
}

func errBucketExists(name string) *aws.Error {
	return aws.Errorf(409, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.").With("BucketName", name)
}

func errBucketNotEmpty(name string, versioned bool) *aws.Error {
	msg := "The bucket you tried to delete is not empty"
	if versioned {
		msg += ". You must delete all versions in the bucket."
	}
	return aws.Errorf(409, "BucketNotEmpty", "%s", msg).With("BucketName", name)
}

func errIllegalLocation(constraint string) *aws.Error {
	return aws.Errorf(400, "IllegalLocationConstraintException", "The %s location constraint is incompatible for the region specific endpoint this request was sent to.", constraint)
}

func errInvalidLocation(constraint string) *aws.Error {
	return aws.Errorf(400, "InvalidLocationConstraint", "The specified location-constraint is not valid").With("LocationConstraint", constraint)
}

func errAccessDenied() *aws.Error { return aws.Errorf(403, "AccessDenied", "Access Denied") }

func errTooManyBuckets() *aws.Error {
	return errArgument("max-buckets", "", "Argument max-buckets must be an integer between 1 and 10000")
}

// Objects.

func errNoSuchKey(key string) *aws.Error {
	return aws.Errorf(404, "NoSuchKey", "The specified key does not exist.").With("Key", key)
}

func errNoSuchVersion(key, id string) *aws.Error {
	return aws.Errorf(404, "NoSuchVersion", "The specified version does not exist.").With("Key", key).With("VersionId", id)
}

func errVersionID(id string) *aws.Error {
	return errArgument("versionId", id, "Invalid version id specified")
}

func errMethodNotAllowed(method string) *aws.Error {
	return aws.Errorf(405, "MethodNotAllowed", "The specified method is not allowed against this resource.").With("Method", method).With("ResourceType", "DeleteMarker")
}

// onMarker adds what S3 tells about the delete marker that was found.
func onMarker(e *aws.Error, v *version, named bool) *aws.Error {
	e.Header = http.Header{"X-Amz-Delete-Marker": {"true"}, "X-Amz-Version-Id": {v.id()}}
	if named {
		e.Header.Set("Last-Modified", v.Modified.UTC().Format(http.TimeFormat))
		e.Header.Set("Allow", "DELETE")
	}
	return e
}

func errKeyTooLong(n int) *aws.Error {
	return aws.Errorf(400, "KeyTooLongError", "Your key is too long").With("Size", strconv.Itoa(n)).With("MaxSizeAllowed", strconv.Itoa(maxKey))
}

func errInvalidURI() *aws.Error {
	return aws.Errorf(400, "InvalidURI", "Couldn't parse the specified URI.")
}

func errMetadataTooLarge(n int) *aws.Error {
	return aws.Errorf(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size").
		With("Size", strconv.Itoa(n)).With("MaxSizeAllowed", strconv.Itoa(maxMetadata))
}

func errStorageClass(class string) *aws.Error {
	return aws.Errorf(400, "InvalidStorageClass", "The storage class you specified is not valid").With("StorageClassRequested", class)
}

func errEntityTooLarge(proposed, limit int64) *aws.Error {
	return aws.Errorf(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size").
		With("ProposedSize", strconv.FormatInt(proposed, 10)).With("MaxSizeAllowed", strconv.FormatInt(limit, 10))
}

func errIncompleteBody() *aws.Error {
	return aws.Errorf(400, "IncompleteBody", "The request body terminated unexpectedly")
}

func errMissingLength() *aws.Error {
	return aws.Errorf(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
}

func errRange(requested string, size int64) *aws.Error {
	return aws.Errorf(416, "InvalidRange", "The requested range is not satisfiable").
		With("RangeRequested", requested).With("ActualObjectSize", strconv.FormatInt(size, 10))
}

func errNoPart(number, count int) *aws.Error {
	return aws.Errorf(416, "InvalidPartNumber", "The requested partnumber is not satisfiable").
		With("PartNumberRequested", strconv.Itoa(number)).With("ActualPartCount", strconv.Itoa(count))
}

func errCopyRange(requested string) *aws.Error {
	return errArgument("x-amz-copy-source-range", requested, "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy")
}

func errCopyRangeTooFar(requested string, size int64) *aws.Error {
	return errArgument("x-amz-copy-source-range", requested, "Range specified is not valid for source object of size: "+strconv.FormatInt(size, 10))
}

// Conditions.

func errPrecondition(condition string) *aws.Error {
	return aws.Errorf(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold").With("Condition", condition)
}

func errNotModified(v *version) *aws.Error {
	e := aws.Errorf(304, "NotModified", "Not Modified")
	e.Header = http.Header{"Etag": {quote(v.ETag)}, "Last-Modified": {v.Modified.UTC().Format(http.TimeFormat)}}
	return e
}

func errConditionConflict(key string) *aws.Error {
	return aws.Errorf(409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource.").
		With("Condition", "If-None-Match").With("Key", key)
}

func errNotImplementedHeader(header, more string) *aws.Error {
	e := aws.Errorf(501, "NotImplemented", "A header you provided implies functionality that is not implemented").With("Header", header)
	if more != "" {
		e = e.With("additionalMessage", more)
	}
	return e
}

func errNotImplemented(what string) *aws.Error {
	return aws.Errorf(501, "NotImplemented", "%s is not implemented by this endpoint.", what)
}

// Checksums.

func errInvalidDigest(value string) *aws.Error {
	return aws.Errorf(400, "InvalidDigest", "The Content-MD5 you specified was invalid.").With("Content-MD5", value)
}

func errBadMD5() *aws.Error {
	return aws.Errorf(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
}

func errMissingMD5() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
}

func errBadChecksum(a algorithm) *aws.Error {
	return aws.Errorf(400, "BadDigest", "The %s you specified did not match the calculated checksum.", a.name)
}

func errChecksumHeader(a algorithm) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Value for %s header is invalid.", a.header())
}

func errTrailerChecksum(a algorithm) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Value for %s trailing header is invalid.", a.header())
}

func errMultipleChecksums() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
}

func errChecksumMismatchedHeader(sdk string) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Value for x-amz-sdk-checksum-algorithm header is invalid.").With("ChecksumAlgorithm", sdk)
}

func errNoChecksumForSDK() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
}

func errChecksumAlgorithm() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [%s]", algorithmNames())
}

func errChecksumType(a algorithm, kind string) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "The %s checksum type cannot be used with the %s checksum algorithm.", kind, lower(a.name))
}

func errChecksumTypeAlone() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
}

func errChecksumTypeValue() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Value for x-amz-checksum-type header is invalid.")
}

// Multipart uploads.

func errNoSuchUpload(id string) *aws.Error {
	return aws.Errorf(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.").With("UploadId", id)
}

func errPartNumber(value string) *aws.Error {
	return errArgument("partNumber", value, "Part number must be an integer between 1 and 10000, inclusive")
}

func errInvalidPart(upload, etag string, number int) *aws.Error {
	return aws.Errorf(400, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.").
		With("UploadId", upload).With("PartNumber", strconv.Itoa(number)).With("ETag", etag)
}

func errPartOrder(upload string) *aws.Error {
	return aws.Errorf(400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.").With("UploadId", upload)
}

func errPartTooSmall(etag string, number int, size int64) *aws.Error {
	return aws.Errorf(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size").
		With("ETag", etag).With("MinSizeAllowed", strconv.Itoa(minPart)).
		With("PartNumber", strconv.Itoa(number)).With("ProposedSize", strconv.FormatInt(size, 10))
}

func errPartChecksum(want, got string) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", lower(want), lower(got))
}

func errPartChecksumMissing(a string, number int) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "The upload was created using a %s checksum. The complete request must include the checksum for each part. It was missing for part %d in the request.", lower(a), number)
}

func errObjectSize(want string, got int64) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "The provided 'x-amz-mp-object-size' header value %s does not match what was computed: %d", want, got)
}

func errObjectSizeHeader(value string) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "Value for x-amz-mp-object-size header is invalid.").With("HeaderValue", value)
}

func errCompleteType(want, got string) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "The upload was created using the %s checksum mode. The complete request must use the same checksum mode.", want).With("ChecksumType", got)
}

// Copies.

func errCopySource() *aws.Error {
	return errArgument("x-amz-copy-source", "", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
}

func errCopyOntoItself() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
}

func errCopyTooLarge(limit int64) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "The specified copy source is larger than the maximum allowable size for a copy source: %d", limit)
}

func errDirective(name, value string) *aws.Error {
	return errArgument("x-amz-"+name+"-directive", value, "Unknown "+name+" directive.")
}

func errCopyMarker() *aws.Error {
	return aws.Errorf(400, "InvalidRequest", "The source of a copy request may not specifically refer to a delete marker by version id.")
}

// Documents and arguments.

func errMalformedXML() *aws.Error {
	return aws.Errorf(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}

func errMissingBody() *aws.Error {
	return aws.Errorf(400, "MissingRequestBodyError", "Request Body is empty")
}

func errMetricsID(id string) *aws.Error {
	return errArgument("id", id, "The id in the document is not that of the request")
}

func errInvalidConfiguration(message string) *aws.Error {
	return aws.Errorf(400, "InvalidConfigurationId", "%s", message)
}

func errNoSuchConfiguration() *aws.Error {
	return aws.Errorf(404, "NoSuchConfiguration", "The specified configuration does not exist.")
}

func errTooManyMetrics() *aws.Error {
	return aws.Errorf(400, "TooManyConfigurations", "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.")
}

// errDestination is about a target of notifications that cannot be one.
func errDestination(target aws.ARN, cause error) error {
	reason := "The destination does not exist"
	if e, ok := errors.AsType[*aws.Error](cause); ok {
		reason = e.Message
	} else if !errors.Is(cause, deliver.ErrNoReceiver) {
		return cause // ours
	}
	return errArgument(string(target), reason, "Unable to validate the following destination configurations")
}

func errOverlap() *aws.Error {
	return aws.Errorf(400, "InvalidArgument", "Configurations overlap. Configurations on the same bucket cannot share a common event type.")
}

func errArgument(name, value, message string) *aws.Error {
	e := aws.Errorf(400, "InvalidArgument", "%s", message).With("ArgumentName", name)
	if value != "" {
		e = e.With("ArgumentValue", value)
	}
	return e
}

func errInvalidRequest(format string, args ...any) *aws.Error {
	return aws.Errorf(400, "InvalidRequest", format, args...)
}

func errEncoding(value string) *aws.Error {
	return errArgument("encoding-type", value, "Invalid Encoding Method specified in Request")
}

func errToken(value string) *aws.Error {
	return errArgument("continuation-token", value, "The continuation token provided is incorrect")
}

func errTag(format string, args ...any) *aws.Error {
	return aws.Errorf(400, "InvalidTag", format, args...)
}

func errTooManyTags() *aws.Error {
	return aws.Errorf(400, "BadRequest", "Object tags cannot be greater than 10")
}

// Configurations that are not set.

func errNotSet(code, message string) func(bucket string) *aws.Error {
	return func(bucket string) *aws.Error {
		return aws.Errorf(404, code, "%s", message).With("BucketName", bucket)
	}
}

var (
	errNoPolicy      = errNotSet("NoSuchBucketPolicy", "The bucket policy does not exist")
	errNoCORS        = errNotSet("NoSuchCORSConfiguration", "The CORS configuration does not exist")
	errNoTags        = errNotSet("NoSuchTagSet", "The TagSet does not exist")
	errNoWebsite     = errNotSet("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")
	errNoAccessBlock = errNotSet("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
	errNoOwnership   = errNotSet("OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
	errNoLifecycle   = errNotSet("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
	errNoReplication = errNotSet("ReplicationConfigurationNotFoundError", "The replication configuration was not found")
	errNoObjectLock  = errNotSet("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")
)

// Versioning, access control, encryption.

func errIllegalVersioning() *aws.Error {
	return aws.Errorf(400, "IllegalVersioningConfigurationException", "The Versioning element must be specified")
}

func errMalformedPolicy(reason string) *aws.Error {
	return aws.Errorf(400, "MalformedPolicy", "%s", reason)
}

func errBlocked(c *aws.Call, action, resource, kind, setting string) *aws.Error {
	return aws.Errorf(403, "AccessDenied", "User: %s is not authorized to perform: %s on resource: %q because public %s are blocked by the %s block public access setting.",
		c.Principal.ARN, action, resource, kind, setting)
}

func errACLNotSupported() *aws.Error {
	return aws.Errorf(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")
}

func errOwnershipWithACL() *aws.Error {
	return aws.Errorf(400, "InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
}

func errCORSMethod(method string) *aws.Error {
	return errInvalidRequest("Found unsupported HTTP method in CORS config. Unsupported method is %s", method)
}

func errSSEMethod(value string) *aws.Error {
	return errArgument("x-amz-server-side-encryption", value, "The encryption method specified is not supported")
}

func errSSEKeyWithoutKMS() *aws.Error {
	return errArgument("x-amz-server-side-encryption", sseS3, "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms")
}
