package cli

import "fmt"

type resetCmd struct {
	endpoint
	Yes bool `help:"Do not ask." short:"y"`
}

func (resetCmd) Help() string {
	return `Removes everything in the cloud: all accounts, all services.

Example:
  niebla reset --yes

Exit status: 0 the cloud is empty; 1 it is as it was.`
}

func (c *resetCmd) Run(a *app) error {
	if !c.Yes {
		fmt.Fprintf(a.err, "Remove everything in the cloud at %s? Type yes: ", c.Endpoint)
		var answer string
		if fmt.Fscanln(a.in, &answer); answer != "yes" {
			return fmt.Errorf("nothing was removed")
		}
	}
	body, err := c.call(a.ctx, "POST", "/_niebla/reset")
	if err != nil {
		return err
	}
	return body.Close()
}
