namespace Kip.ApiServer.Registry;

/// <summary>What a watch asks for beside which objects.</summary>
/// <param name="SendInitialEvents">
/// True: begin with the state of now in any case, closed by a bookmark that says so if bookmarks are allowed. False: begin without it. Null:
/// begin with it when no version is named.
/// </param>
/// <param name="Lifetime">When the watch will be ended: shortly before, it gets a last bookmark. Null: nobody ends it.</param>
public readonly record struct WatchOptions(bool? SendInitialEvents = null, TimeSpan? Lifetime = null);
