package pulumi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A project is what Pulumi.yaml and Pulumi.STACK.yaml say.
type project struct {
	dir    string // of Pulumi.yaml
	main   string // of the program
	name   string
	stack  string
	binary string            // a program that is built already
	config map[string]string // by full name: "aws:region"
}

// projectFile is Pulumi.yaml, as far as it concerns a Go program.
type projectFile struct {
	Name    string
	Main    string
	Runtime yaml.Node
	Config  map[string]yaml.Node
}

// stackFile is Pulumi.STACK.yaml.
type stackFile struct {
	Config      map[string]yaml.Node
	Environment yaml.Node
}

// loadProject reads the project in dir. stack "" is the only one there is.
func loadProject(dir, stack string, overrides map[string]string) (*project, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	var file projectFile
	if err := readYAML(filepath.Join(dir, "Pulumi.yaml"), &file); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s is no Pulumi project: it has no Pulumi.yaml", dir)
		}
		return nil, err
	}
	if file.Name == "" {
		return nil, errors.New("Pulumi.yaml: name is missing")
	}
	p := &project{dir: dir, main: filepath.Join(dir, file.Main), name: file.Name, config: map[string]string{}}
	if err := p.runtime(file.Runtime); err != nil {
		return nil, fmt.Errorf("Pulumi.yaml: %w", err)
	}
	if err := p.projectConfig(file.Config); err != nil {
		return nil, fmt.Errorf("Pulumi.yaml: %w", err)
	}
	if p.stack, err = chooseStack(dir, stack); err != nil {
		return nil, err
	}
	if err := p.stackConfig(); err != nil {
		return nil, err
	}
	for name, v := range overrides {
		p.config[p.full(name)] = v
	}
	return p, nil
}

// runtime accepts "go", alone or with options.
func (p *project) runtime(node yaml.Node) error {
	var long struct {
		Name    string
		Options map[string]yaml.Node
	}
	if node.Decode(&long.Name) != nil {
		if err := node.Decode(&long); err != nil {
			return fmt.Errorf("runtime: %w", err)
		}
	}
	if long.Name != "go" {
		return fmt.Errorf("runtime %q: niebla up runs Go programs; use the Pulumi CLI for others", long.Name)
	}
	for name, option := range long.Options {
		if name != "binary" {
			return fmt.Errorf("runtime option %s is not supported", name)
		}
		var binary string
		if err := option.Decode(&binary); err != nil {
			return fmt.Errorf("runtime option binary: %w", err)
		}
		if p.binary = binary; !filepath.IsAbs(binary) {
			p.binary = filepath.Join(p.dir, binary)
		}
	}
	return nil
}

// projectConfig takes the values that a project gives to all its stacks.
func (p *project) projectConfig(config map[string]yaml.Node) error {
	for name, node := range config {
		var long struct{ Value, Default yaml.Node }
		if node.Kind == yaml.MappingNode {
			if err := node.Decode(&long); err != nil {
				return fmt.Errorf("config %s: %w", name, err)
			}
			node = long.Value
			if node.IsZero() {
				node = long.Default
			}
		}
		if node.IsZero() {
			continue // only declared
		}
		if err := p.set(name, node); err != nil {
			return err
		}
	}
	return nil
}

func (p *project) stackConfig() error {
	name := "Pulumi." + p.stack + ".yaml"
	var file stackFile
	err := readYAML(filepath.Join(p.dir, name), &file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !file.Environment.IsZero() {
		return fmt.Errorf("%s: environment is not supported: it is a service of Pulumi Cloud", name)
	}
	for key, node := range file.Config {
		if err := p.set(key, node); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// set gives a config value, as the text programs get: objects and lists are JSON.
func (p *project) set(name string, node yaml.Node) error {
	var v any
	if err := node.Decode(&v); err != nil {
		return fmt.Errorf("config %s: %w", name, err)
	}
	if m, ok := v.(map[string]any); ok && len(m) == 1 && m["secure"] != nil {
		return fmt.Errorf("config %s is encrypted for the Pulumi CLI: give its value on the command line", name)
	}
	full := p.full(name)
	if node.Kind == yaml.ScalarNode {
		p.config[full] = node.Value
		return nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("config %s: %w", name, err)
	}
	p.config[full] = string(b)
	return nil
}

// full is the name of a config value with its namespace, which is the project
// unless the name says otherwise.
func (p *project) full(name string) string {
	if strings.Contains(name, ":") {
		return name
	}
	return p.name + ":" + name
}

// chooseStack is the stack that is asked for, or the only one with a file.
func chooseStack(dir, stack string) (string, error) {
	if stack != "" {
		if strings.ContainsAny(stack, `/\`) || stack == "." || stack == ".." {
			return "", fmt.Errorf("stack %q: a stack's name has no slash", stack)
		}
		return stack, nil
	}
	files, err := filepath.Glob(filepath.Join(dir, "Pulumi.*.yaml"))
	if err != nil {
		return "", err
	}
	names := map[string]bool{}
	for _, f := range files {
		names[strings.TrimSuffix(strings.TrimPrefix(filepath.Base(f), "Pulumi."), ".yaml")] = true
	}
	all := slices.Sorted(maps.Keys(names))
	switch len(all) {
	case 0:
		return "dev", nil
	case 1:
		return all[0], nil
	}
	return "", fmt.Errorf("which stack? there are %s", strings.Join(all, ", "))
}

func readYAML(path string, into any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

// connection are the aws: config values that say where requests go and as whom.
// For niebla up that is settled before, whatever the file says.
var connection = map[string]bool{
	"profile": true, "accessKey": true, "secretKey": true, "token": true, "endpoints": true,
	"s3UsePathStyle": true, "skipCredentialsValidation": true, "skipMetadataApiCheck": true,
	"skipRegionValidation": true, "skipRequestingAccountId": true, "maxRetries": true,
	"sharedConfigFiles": true, "sharedCredentialsFiles": true, "customCaBundle": true, "insecure": true,
}

// provider refuses provider settings that would change what is created.
func checkProvider(where string, names []string) error {
	for _, name := range names {
		if name != "region" && name != "version" && !connection[name] {
			return fmt.Errorf("%s: the provider's setting %s is not supported", where, name)
		}
	}
	return nil
}

// checkConfig refuses config of the provider that would not be followed.
func (p *project) checkConfig() error {
	var names []string
	for full := range p.config {
		if name, ok := strings.CutPrefix(full, "aws:"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return checkProvider("config aws", names)
}
