using Kip.Runtime.Bundles;
using Kip.Runtime.Bundles.Sources;
using Shouldly;

namespace Kip.Tests.Runtime.Bundles;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BundleBuilderTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("kip-data-").FullName;
    private readonly string _source = Directory.CreateTempSubdirectory("kip-source-").FullName;
    private readonly BundleStore _store;
    private readonly BundleBuilder _builder;

    public BundleBuilderTests()
    {
        _store = new BundleStore(_data);
        _builder = new BundleBuilder(_store, TimeProvider.System);
    }

    public void Dispose()
    {
        Directory.Delete(_data, recursive: true);
        Directory.Delete(_source, recursive: true);
    }

    private void Put(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_source, name))!);
        File.WriteAllText(Path.Combine(_source, name), text);
    }

    private Task<BuildResult> BuildAsync(Func<BuildOptions, BuildOptions>? change = null, BundleBuilder? builder = null)
    {
        var options = new BuildOptions { Name = "hello" };
        return (builder ?? _builder).BuildAsync(_source, change?.Invoke(options) ?? options, null, TestContext.Current.CancellationToken);
    }

    private async Task<BuildException> FailAsync(Func<BuildOptions, BuildOptions>? change = null) =>
        await Should.ThrowAsync<BuildException>(() => BuildAsync(change));

    [Fact]
    public async Task A_directory_is_built_once_and_its_image_says_what_is_in_it()
    {
        Put("Procfile", "# how it starts\nweb: ./server --port $PORT\n");
        Put("server", "#!/bin/sh\n");

        var first = await BuildAsync();
        var again = await BuildAsync(static o => o with { Name = "other" });

        first.Reused.ShouldBeFalse();
        first.Bundle.Image.ToString().ShouldMatch("^kip.local/hello@sha256:[0-9a-f]{64}$");
        first.Bundle.Manifest.Command.ShouldBe(["/bin/sh", "-c", "exec ./server --port $PORT"]);
        File.Exists(Path.Combine(first.Bundle.Content, "server")).ShouldBeTrue();
        again.Reused.ShouldBeTrue();
        again.Bundle.Image.ShouldBe(first.Bundle.Image with { Name = "other" });
        _store.Resolve(first.Bundle.Image.ToString())!.Folder.ShouldBe(first.Bundle.Folder);
        new BundleStore(_data).Resolve(first.Bundle.Image.ToString())!.Manifest.ShouldBe(first.Bundle.Manifest);
    }

    [Fact]
    public async Task Any_change_makes_another_bundle_and_a_change_back_finds_the_first()
    {
        Put("Procfile", "web: ./server\n");
        Put("server", "one");
        var first = await BuildAsync();
        Put("server", "two");
        var second = await BuildAsync();
        Put("server", "one");
        var third = await BuildAsync();
        File.SetUnixFileMode(Path.Combine(_source, "server"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var executable = await BuildAsync();

        second.Bundle.Image.ShouldNotBe(first.Bundle.Image);
        (third.Reused, third.Bundle.Image).ShouldBe((true, first.Bundle.Image));
        executable.Bundle.Image.ShouldNotBe(first.Bundle.Image);
    }

    [Fact]
    public async Task What_is_ignored_neither_counts_nor_is_taken_along()
    {
        Put("Procfile", "web: true\n");
        Put(".gitignore", "*.log\n/build/\n!keep.log\n");
        var before = await BuildAsync();
        foreach (var name in (string[])["a.log", "deep/b.log", "build/x", "node_modules/y/z", "bin/w", ".git/HEAD"]) Put(name, "x");

        (await BuildAsync()).ShouldBe(before with { Reused = true });
        Put("keep.log", "x");
        var kept = await BuildAsync();

        Directory.EnumerateFiles(kept.Bundle.Content, "*", SearchOption.AllDirectories).Select(Path.GetFileName)
            .ShouldBe(["Procfile", ".gitignore", "keep.log"], ignoreOrder: true);
    }

    [Fact]
    public async Task Builds_of_one_directory_at_the_same_time_do_the_work_once()
    {
        Put("main.py", "print('hi')\n");
        // Two builders over one folder, as two processes would have.
        var other = new BundleBuilder(new BundleStore(_data), TimeProvider.System);

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => BuildAsync(builder: i % 2 == 0 ? _builder : other)));

        results.Count(static r => !r.Reused).ShouldBe(1);
        results.Select(static r => r.Bundle.Image).Distinct().ShouldHaveSingleItem();
        Directory.EnumerateDirectories(Path.Combine(_data, "bundles", "work")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_directory_that_is_nothing_known_is_refused_with_advice()
    {
        Put("readme.txt", "hello");
        (await FailAsync()).Message.ShouldContain("add a Procfile with a line 'web: COMMAND'");
        (await FailAsync(static o => o with { Name = "Not OK" })).Message.ShouldContain("cannot be a bundle's name");
        (await FailAsync(static o => o with { Language = "cobol" })).Message.ShouldContain("choose one of csharp, node, python, executable");
        (await Should.ThrowAsync<BuildException>(() => _builder.BuildAsync("/no/such", new BuildOptions { Name = "x" }, null, CancellationToken.None)))
            .Message.ShouldBe("/no/such is not a directory");
    }

    [Fact]
    public async Task Limits_and_links_out_of_the_directory_are_refused()
    {
        Put("Procfile", "web: true\n");
        Put("a", new string('x', 100));
        (await FailAsync(static o => o with { MaxFiles = 1 })).Message.ShouldContain("more than 1 files");
        (await FailAsync(static o => o with { MaxBytes = 50 })).Message.ShouldContain(".kipignore");
        File.CreateSymbolicLink(Path.Combine(_source, "out"), "/etc/passwd");
        (await FailAsync()).Message.ShouldContain("outside of the directory");
    }

    [Fact]
    public async Task A_failing_tool_shows_what_it_wrote_and_leaves_nothing_half_done()
    {
        Put("requirements.txt", "no-such-package-anywhere @ file:///no/such/path\n");
        Put("main.py", "");

        var failure = await FailAsync();

        failure.Message.ShouldContain("failed with exit code");
        failure.Output.ShouldContain("/no/such/path");
        Directory.Exists(Path.Combine(_data, "bundles", "sha256")).ShouldBeFalse();
        Directory.EnumerateDirectories(Path.Combine(_data, "bundles", "work")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Node_starts_its_script_without_npm_where_it_can()
    {
        Put("server.js", "");
        Put("package.json", """{"scripts":{"start":"node server.js --fast"}}""");
        var plain = (await BuildAsync()).Bundle.Manifest;
        Put("package.json", """{"scripts":{"start":"tsx server.ts && true"}}""");
        var shell = (await BuildAsync()).Bundle.Manifest;
        Put("package.json", """{"main":"./server.js"}""");
        var main = (await BuildAsync()).Bundle.Manifest;
        Put("package.json", """{"name":"x"}""");
        File.Delete(Path.Combine(_source, "server.js"));

        plain.Command.Skip(1).ShouldBe(["server.js", "--fast"]);
        Path.GetFileName(plain.Command[0]).ShouldBe("node");
        shell.Command[2].ShouldEndWith("tsx server.ts && true");
        main.Command.Skip(1).ShouldBe(["./server.js"]);
        (await FailAsync()).Message.ShouldContain("does not say how to start");
        Put("package.json", "{");
        (await FailAsync()).Message.ShouldContain("is not valid JSON");
    }

    [Fact]
    public async Task Python_is_compiled_ahead_and_started_by_the_interpreter_itself()
    {
        Put("main.py", "print('hi')\n");

        var bundle = (await BuildAsync()).Bundle;

        bundle.Manifest.Command[1].ShouldBe("main.py");
        Path.IsPathRooted(bundle.Manifest.Command[0]).ShouldBeTrue();
        Directory.EnumerateFiles(Path.Combine(bundle.Content, "__pycache__"), "main.*.pyc").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Pruning_keeps_what_is_referenced_and_what_is_young()
    {
        Put("Procfile", "web: true\n");
        var kept = await BuildAsync();
        Put("Procfile", "web: false\n");
        var dropped = await BuildAsync();

        _store.Prune([], TimeSpan.FromHours(1), DateTimeOffset.UtcNow).ShouldBe(0);
        _store.Prune([kept.Bundle.Image.ToString(), "nginx"], TimeSpan.FromHours(1), DateTimeOffset.UtcNow.AddHours(2)).ShouldBe(1);

        _store.Resolve(dropped.Bundle.Image.ToString()).ShouldBeNull();
        _store.Resolve(kept.Bundle.Image.ToString()).ShouldNotBeNull();
        (await BuildAsync()).Reused.ShouldBeFalse();
    }

    [Theory]
    [InlineData("*.tmp", "a/b.tmp", false, true)]
    [InlineData("/a", "b/a", false, false)]
    [InlineData("a/*.txt", "a/b.txt", false, true)]
    [InlineData("a/*.txt", "a/c/b.txt", false, false)]
    [InlineData("a/**/b", "a/x/y/b", false, true)]
    [InlineData("logs/", "logs", false, false)]
    [InlineData("logs/", "x/logs", true, true)]
    [InlineData("# x", "# x", false, false)]
    [InlineData("a?c", "abc", false, true)]
    [InlineData("a.c", "abc", false, false)]
    public void Ignore_patterns_are_gits(string pattern, string path, bool isFolder, bool ignored)
    {
        var rules = new IgnoreRules();
        rules.Add(pattern);
        rules.Ignores(path, isFolder).ShouldBe(ignored);
    }

    [Theory]
    [InlineData("kip.local/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData("kip.local/a@sha256:0123", false)]
    [InlineData("kip.local/../a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("kip.local/A@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false)]
    [InlineData("nginx", false)]
    public void Only_bundles_are_bundles(string image, bool bundle) => BundleImage.TryParse(image, out _).ShouldBe(bundle);
}
