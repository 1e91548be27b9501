package lambda

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// What tools read of every function and nobody can set here: the answers are
// those of a function for which it was never set.

func (s *Service) getFunctionCodeSigningConfig(_ context.Context, c *aws.Call, in *GetFunctionCodeSigningConfigInput) (*GetFunctionCodeSigningConfigOutput, error) {
	n := in.name(c)
	_, _, err := s.read(n)
	return &GetFunctionCodeSigningConfigOutput{FunctionName: n.function}, err
}

func (s *Service) getFunctionRecursionConfig(_ context.Context, c *aws.Call, in *GetFunctionRecursionConfigInput) (*GetFunctionRecursionConfigOutput, error) {
	_, _, err := s.read(in.name(c))
	return &GetFunctionRecursionConfigOutput{"Terminate"}, err
}

func (s *Service) getRuntimeManagementConfig(_ context.Context, c *aws.Call, in *GetRuntimeManagementConfigInput) (*GetRuntimeManagementConfigOutput, error) {
	n := in.name(c)
	_, _, err := s.read(n)
	return &GetRuntimeManagementConfigOutput{string(n.arn()), "Auto"}, err
}
