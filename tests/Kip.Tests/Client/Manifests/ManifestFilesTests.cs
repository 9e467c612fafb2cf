using System.Text;
using Kip.Client.Manifests;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;
using KnativeService = Kip.Resources.Serving.Service;

namespace Kip.Tests.Client.Manifests;

public sealed class ManifestFilesTests : IDisposable
{
    private const string Hello = """
        # The first thing everyone deploys.
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          name: hello
          annotations: { autoscaling.knative.dev/min-scale: "1" }
        spec:
          template:
            spec:
              containers:
              - image: ghcr.io/knative/helloworld-go:latest
                ports:
                - containerPort: 8080
                env:
                - name: TARGET
                  value: "World"
                readinessProbe:
                  httpGet: { path: /, port: 8080 }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-manifests-").FullName;

    [Fact]
    public void A_manifest_becomes_the_object_it_describes()
    {
        var manifest = ManifestFiles.Parse(Hello, "hello.yaml").Single();

        var service = manifest.Resource.ShouldBeOfType<KnativeService>();
        service.Metadata.Name.ShouldBe("hello");
        service.Metadata.Annotations["autoscaling.knative.dev/min-scale"].ShouldBe("1");
        var container = service.Spec.Template.Spec.Containers[0];
        container.Env[0].Value.ShouldBe("World");
        container.Ports[0].ContainerPortNumber.ShouldBe(8080);
        manifest.File.ShouldBe("hello.yaml");
        manifest.Line.ShouldBe(2);
        Encoding.UTF8.GetString(manifest.Json.Span).ShouldStartWith("""{"apiVersion":"serving.knative.dev/v1","kind":"Service","metadata":{"name":"hello",""");
    }

    [Fact]
    public void A_file_may_hold_several_documents_lists_and_empty_ones()
    {
        var manifests = ManifestFiles.Parse("""
            ---
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            ---
            # nothing but a comment
            ---
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: ConfigMap
              metadata: {name: b}
            - apiVersion: v1
              kind: Secret
              metadata: {name: c}
            ...
            """);

        manifests.Select(static m => $"{m.Resource.Kind} {m.Resource.Metadata.Name} {m.Document}:{m.Line}")
            .ShouldBe(["ConfigMap a 2:3", "ConfigMap b 4:12", "Secret c 4:15"]);
    }

    [Fact]
    public void Json_is_read_too_several_objects_in_a_row_included()
    {
        var manifests = ManifestFiles.Parse("""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},
             "data":{"k":"v"}}
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}
            """);

        manifests.Select(static m => $"{m.Resource.Metadata.Name} {m.Line}").ShouldBe(["a 1", "b 3"]);
        ((ConfigMap)manifests[0].Resource).Data["k"].ShouldBe("v");
    }

    [Fact]
    public void Anchors_and_merge_keys_are_followed()
    {
        var manifest = ManifestFiles.Parse("""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: a
              labels: &shared {app: web, tier: front}
              annotations: {<<: *shared, tier: back}
            """).Single();

        manifest.Resource.Metadata.Annotations.ShouldBe(StringMap.Of(("app", "web"), ("tier", "back")));
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "spec: {replica: 1}", "web.yaml, document 1, line 5: unknown field \"spec.replica\": did you mean \"replicas\"?" },
        { "specs: {}", "web.yaml, document 1, line 5: unknown field \"specs\": did you mean \"spec\"?" },
        { "spec: {replicas: two}", "web.yaml, document 1, line 5: spec.replicas must be an integer, not the string \"two\"" },
        { "spec: {replicas: \"2\"}", "web.yaml, document 1, line 5: spec.replicas must be an integer, not the string \"2\": leave out the quotes" },
        { "spec: {replicas: 99999999999}", "web.yaml, document 1, line 5: spec.replicas must be from -2147483648 to 2147483647, not 99999999999" },
        { "spec: {paused: \"yes\"}", "web.yaml, document 1, line 5: spec.paused must be true or false, not the string \"yes\"" },
        { "spec: {template: []}", "web.yaml, document 1, line 5: spec.template must be a map of fields, not a list" },
        {
            "spec:\n  template:\n    spec:\n      containers: {name: a}",
            "web.yaml, document 1, line 8: spec.template.spec.containers must be a list, not a map: begin each item with \"- \"" },
        {
            "spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        env:\n        - name: ON\n          value: on",
            "web.yaml, document 1, line 12: spec.template.spec.containers[0].env[0].value must be a string, not on (which YAML reads as true): put "
            + "it in quotes, \"on\"" },
        {
            "spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        env:\n        - name: PORT\n          value: 0777",
            "web.yaml, document 1, line 12: spec.template.spec.containers[0].env[0].value must be a string, not the number 0777: put it in quotes, \"0777\"" },
        { "metadata: {name: again}", "web.yaml, document 1, line 5: \"metadata\" is given twice, first for line 3: keep one of them" },
        { "spec:\n  selector: {matchLabels: {a: 1}}", "web.yaml, document 1, line 6: spec.selector.matchLabels[a] must be a string, not the number "
            + "1: put it in quotes, \"1\"" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_its_place_and_what_to_do(string text, string expected) =>
        Errors($"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n{text}\n").ShouldContain(expected);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_and_nothing_is_read()
    {
        var errors = Errors("""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: good}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a, lables: {}}
            dta: {}
            ---
            kind: ConfigMap
            ---
            apiVersion: serving.knative.dev/v1
            kind: Servce
            metadata: {name: a}
            ---
            apiVersion: v1
            kind: Deployment
            metadata: {name: a}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {}
            ---
            just text
            """);

        errors.ShouldBe([
            """web.yaml, document 2, line 7: unknown field "metadata.lables": did you mean "labels"?""",
            """web.yaml, document 2, line 8: unknown field "dta": did you mean "data"?""",
            "web.yaml, document 3, line 10: apiVersion is missing: every object begins with apiVersion and kind",
            """web.yaml, document 4, line 13: there is no kind "Servce" in apiVersion "serving.knative.dev/v1": did you mean "Service"?""",
            """web.yaml, document 5, line 17: there is no kind "Deployment" in apiVersion "v1": "Deployment" is served as apps/v1""",
            "web.yaml, document 6, line 22: metadata.name is missing: give the object a name",
            "web.yaml, document 7, line 24: an object is a map that begins with apiVersion and kind",
        ]);
    }

    [Theory]
    [InlineData("a: [1, 2", 1)]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n", 4)]
    [InlineData("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: b\n c: d\n", 6)]
    [InlineData("a: *nowhere\n", 1)]
    [InlineData("{\"apiVersion\": \"v1\",\n \"kind\" }", 2)]
    public void Text_that_is_no_yaml_or_json_is_refused_with_its_line(string text, int line) =>
        Errors(text).Single().ShouldStartWith($"web.yaml, document 1, line {line}: this is not ");

    [Fact]
    public void Aliases_of_aliases_cannot_eat_the_memory()
    {
        var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++) bomb.Append($"a{i}: &a{i} [{string.Join(',', Enumerable.Repeat($"*a{i - 1}", 10))}]\n");

        Errors(bomb.ToString()).Single().ShouldContain("once aliases are followed");
    }

    [Fact]
    public void Nesting_without_end_is_refused() => Errors(new string('[', 5_000)).Single().ShouldContain("levels deep");

    [Fact]
    public void Folders_files_and_standard_input_are_read_in_order()
    {
        Write("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n");
        Write("a.json", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}""");
        Write("notes.txt", "not a manifest");
        Write("sub/c.yml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
        using var input = new MemoryStream("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stdin}\n"u8.ToArray());

        Names(ManifestFiles.Load([_folder], Stream.Null)).ShouldBe(["a", "b"]);
        Names(ManifestFiles.Load([_folder], Stream.Null, recursive: true)).ShouldBe(["a", "b", "c"]);
        Names(ManifestFiles.Load([Path.Combine(_folder, "b.yaml"), "-"], input)).ShouldBe(["b", "stdin"]);
    }

    [Fact]
    public void What_cannot_be_read_is_said_by_name()
    {
        var latin = Path.Combine(_folder, "latin.yaml");
        File.WriteAllBytes(latin, [.. "a: "u8, 0xE9]);
        var absent = Path.Combine(_folder, "absent.yaml");
        var empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;

        var errors = Should.Throw<ManifestException>(() => ManifestFiles.Load([latin, absent, empty], Stream.Null)).Errors;

        errors.Select(static e => e.ToString()).ShouldBe([
            $"{latin}: is not text in UTF-8",
            $"{absent}: there is no such file or folder",
            $"{empty}: the folder holds no .yaml, .yml or .json file",
        ]);
    }

    [Fact]
    public void A_file_over_the_limit_is_refused()
    {
        using var endless = new MemoryStream(new byte[ManifestFiles.MaxBytes + 1]);
        Should.Throw<ManifestException>(() => ManifestFiles.Load(["-"], endless)).Message.ShouldContain("is larger than 16 MiB");
    }

    [Fact]
    public void An_object_written_as_yaml_is_read_back_as_it_was()
    {
        foreach (var kind in Kinds.All)
        {
            var resource = (Resource)Resources.Sample.Of(kind.ClrType)!;
            ManifestFiles.Parse(ManifestFiles.ToYaml(resource)).Single().Resource.ShouldBe(resource);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string> Names(IEnumerable<Manifest> manifests) => manifests.Select(static m => m.Resource.Metadata.Name);

    private static string[] Errors(string text) =>
        [.. Should.Throw<ManifestException>(() => ManifestFiles.Parse(text, "web.yaml")).Errors.Select(static e => e.ToString())];

    private void Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
