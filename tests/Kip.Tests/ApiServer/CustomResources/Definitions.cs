namespace Kip.Tests.ApiServer.CustomResources;

/// <summary>Definitions for tests, as JSON.</summary>
internal static class Definitions
{
    public const string Path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    public const string CronTabs = """
        {
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": {"name": "crontabs.stable.example.com"},
          "spec": {
            "group": "stable.example.com", "scope": "Namespaced",
            "names": {"plural": "crontabs", "kind": "CronTab", "shortNames": ["ct"], "categories": ["all"]},
            "versions": [
              {
                "name": "v1", "served": true, "storage": true,
                "subresources": {"status": {}, "scale": {
                  "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas", "labelSelectorPath": ".status.selector"}},
                "selectableFields": [{"jsonPath": ".spec.color"}],
                "additionalPrinterColumns": [
                  {"name": "Spec", "type": "string", "jsonPath": ".spec.cronSpec", "description": "When it runs."},
                  {"name": "Replicas", "type": "integer", "jsonPath": ".spec.replicas"},
                  {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status", "priority": 1},
                  {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}
                ],
                "schema": {"openAPIV3Schema": {
                  "type": "object", "description": "Runs something now and then.", "required": ["spec"],
                  "properties": {
                    "spec": {
                      "type": "object", "description": "What to run.", "required": ["cronSpec"],
                      "properties": {
                        "cronSpec": {"type": "string", "pattern": "^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$"},
                        "image": {"type": "string", "default": "busybox"},
                        "color": {"type": "string", "enum": ["red", "blue"]},
                        "replicas": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
                        "hosts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                          "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "port": {"type": "integer"}}}},
                        "extra": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}
                      }
                    },
                    "status": {
                      "type": "object",
                      "properties": {
                        "replicas": {"type": "integer"}, "selector": {"type": "string"},
                        "conditions": {"type": "array", "items": {"type": "object", "properties": {"type": {"type": "string"}, "status": {"type": "string"}}}}
                      }
                    }
                  }
                }}
              },
              {
                "name": "v1beta1", "served": true, "storage": false,
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object", "properties": {"cronSpec": {"type": "string"}}}}}}
              }
            ]
          }
        }
        """;

    /// <summary>A kind with rules, which lives in no namespace.</summary>
    public const string Budgets = """
        {
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": {"name": "budgets.stable.example.com"},
          "spec": {
            "group": "stable.example.com", "scope": "Cluster", "names": {"plural": "budgets", "kind": "Budget"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
              "type": "object", "required": ["spec"],
              "properties": {"spec": {
                "type": "object", "required": ["owner", "limit", "request"],
                "properties": {
                  "owner": {"type": "string",
                    "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "the owner stays", "reason": "FieldValueForbidden"}]},
                  "limit": {"type": "string"}, "request": {"type": "string"}
                },
                "x-kubernetes-validations": [{"rule": "quantity(self.request).compareTo(quantity(self.limit)) <= 0",
                  "messageExpression": "'request %s is more than %s'.format([self.request, self.limit])"}]
              }}
            }}}]
          }
        }
        """;

    public static string CronTab(string name, string spec) =>
        $$"""{"apiVersion": "stable.example.com/v1", "kind": "CronTab", "metadata": {"name": "{{name}}"}, "spec": {{spec}}}""";
}
