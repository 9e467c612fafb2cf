using System.Text;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Storage;
using Kip.Log;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Kip.Tests.ApiServer.Storage;

/// <summary>Secrets on disk: unreadable without the key that lies elsewhere, and never lost with it in its place.</summary>
public sealed class EncryptedStoreTests : IDisposable
{
    private const string Value = "c3dvcmRmaXNoLXN3b3JkZmlzaA==";

    private readonly string _folder = Directory.CreateTempSubdirectory("kip-encrypted-").FullName;

    private Store? _store;

    private string Folder => Path.Combine(_folder, "store");

    private string Key => Path.Combine(_folder, "keys", "encryption.key");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_secret_is_unreadable_in_log_and_snapshot_and_comes_back()
    {
        await using (var registry = await OpenAsync(Key))
        {
            await WriteAsync(registry, "one", "two");
            await _store!.UpkeepAsync(Cancel);
        }
        Directory.GetFiles(Folder).ShouldContain(static file => Path.GetFileName(file).StartsWith("snapshot-", StringComparison.Ordinal));
        Readable().ShouldBeEmpty();
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await using var again = await OpenAsync(Key);
        ((Secret)again.Get(Secret.Definition, new("default", "two"))!).Data.Get("password").ShouldBe(Value);
    }

    [Fact]
    public async Task A_folder_with_secrets_in_the_clear_is_encrypted_and_nothing_readable_stays()
    {
        await using (var plain = await OpenAsync(null))
        {
            await WriteAsync(plain, "one", "two");
            await _store!.UpkeepAsync(Cancel);
            await WriteAsync(plain, "three");
        }
        Readable().ShouldNotBeEmpty();

        await using (await OpenAsync(Key)) { }
        Readable().ShouldBeEmpty();
        await using var again = await OpenAsync(Key);
        foreach (var name in (string[])["one", "two", "three"])
            ((Secret)again.Get(Secret.Definition, new("default", name))!).Data.Get("password").ShouldBe(Value, name);
    }

    [Fact]
    public async Task Without_the_key_or_with_another_one_nothing_is_opened_and_nothing_is_changed()
    {
        await using (var registry = await OpenAsync(Key)) await WriteAsync(registry, "one");
        var before = Content();
        File.Move(Key, Key + ".away");

        (await Should.ThrowAsync<StoreException>(() => OpenAsync(Key))).Message.ShouldContain($"encrypted with the key {Key}, which is not there");
        (await Should.ThrowAsync<StoreException>(() => OpenAsync(null))).Message.ShouldContain("no key was named");
        await using (await OpenAsync(Path.Combine(_folder, "other.key"), Path.Combine(_folder, "other"))) { }
        (await Should.ThrowAsync<StoreException>(() => OpenAsync(Path.Combine(_folder, "other.key")))).Message.ShouldContain("is not the one");
        File.WriteAllText(Key, "rubbish");
        (await Should.ThrowAsync<StoreException>(() => OpenAsync(Key))).Message.ShouldContain("is no encryption key of kip");
        Content().ShouldBe(before);

        File.Move(Key + ".away", Key, overwrite: true);
        await using var registryAgain = await OpenAsync(Key);
        registryAgain.Get(Secret.Definition, new("default", "one")).ShouldNotBeNull();
    }

    private async Task<ResourceRegistry> OpenAsync(string? key, string? store = null)
    {
        var options = new StoreOptions
        {
            Directory = store ?? Folder, KeyFile = key, SnapshotAfter = 3, Log = new LogOptions { SegmentBytes = 4096, VerifyAll = false },
        };
        var time = new ManualTimeProvider();
        _store = Kip.ApiServer.Storage.Store.Open(options, time, Kinds.Find, NullLogger.Instance);
        var registry = ResourceRegistry.Over(_store, new ResourceRegistryOptions(), time);
        await registry.FlushedAsync(Cancel);
        return registry;
    }

    private static async Task WriteAsync(ResourceRegistry registry, params string[] names)
    {
        foreach (var name in names)
        {
            var secret = new Secret { Metadata = new() { Namespace = "default", Name = name }, Data = StringMap.Of(("password", Value)) };
            var made = await registry.CreateAsync(secret, new RequestContext("test"), Cancel);
            for (var i = 0; i < 20; i++)
                made = await registry.UpdateAsync(
                    made with { Metadata = made.Metadata with { Labels = StringMap.Of(("n", $"{i}")) } }, null, new RequestContext("test"), Cancel);
        }
    }

    private IEnumerable<string> Readable() => Directory.GetFiles(Folder).Where(static file =>
        Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(Value, StringComparison.Ordinal));

    private string Content() =>
        string.Join('\n', Directory.GetFiles(Folder).Order().Select(static file => $"{Path.GetFileName(file)} {new FileInfo(file).Length}"));
}
