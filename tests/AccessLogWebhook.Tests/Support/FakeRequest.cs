using Microsoft.AspNetCore.Http;

namespace AccessLogWebhook.Tests.Support;

/// <summary>One request to a <see cref="FakeApiServer"/>, and the ways to answer it.</summary>
internal sealed class FakeRequest
{
    private readonly HttpContext context;
    private readonly TaskCompletionSource<bool> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeRequest(HttpContext context)
    {
        this.context = context;
        Query = context.Request.Query.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);
        Authorization = context.Request.Headers.Authorization.ToString();
        Accept = context.Request.Headers.Accept.ToString();
        Host = context.Request.Host.ToString();
        Method = context.Request.Method;
        Path = context.Request.Path.Value!;
        ContentType = context.Request.ContentType ?? "";
        context.RequestAborted.Register(() =>
        {
            cut.TrySetResult();
            ended.TrySetResult(false);
        });
    }

    public IReadOnlyDictionary<string, string> Query { get; }

    public string Authorization { get; }

    public string Accept { get; }

    public string Host { get; }

    public string Method { get; }

    public string Path { get; }

    public string ContentType { get; }

    /// <summary>What was sent with it, as text.</summary>
    public string Body { get; private set; } = "";

    public bool IsWatch => Query.ContainsKey("watch");

    /// <summary>Waits for the end of the answer. The context is the request's own until this returns, and the next request's afterwards.</summary>
    public async Task EndAsync()
    {
        if (await ended.Task)
        {
            context.Abort();
        }
    }

    /// <summary>Takes in what was sent with it, before anybody is told of it.</summary>
    public async Task ReadBodyAsync()
    {
        using var reader = new StreamReader(context.Request.Body);
        Body = await reader.ReadToEndAsync();
    }

    /// <summary>Ends when the client gives the request up.</summary>
    public Task CutAsync() => cut.Task.WaitAsync(TestTime.Patience);

    public Task ListAsync(string resourceVersion, params IEnumerable<string> items) => PageAsync(resourceVersion, "", items);

    public Task PageAsync(string resourceVersion, string @continue, params IEnumerable<string> items) => AnswerAsync(
        200,
        $$$"""{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"{{{resourceVersion}}}","continue":"{{{@continue}}}"},"items":[{{{string.Join(',', items)}}}]}""");

    /// <summary>Answers with a Status object, as API servers refuse.</summary>
    public Task RefuseAsync(int code, string message = "")
    {
        return AnswerAsync(code, $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","code":{{code}}}""");
    }

    public Task RefuseAsync(int code, TimeSpan retryAfter)
    {
        context.Response.Headers.RetryAfter = $"{retryAfter.TotalSeconds:0}";
        return RefuseAsync(code);
    }

    public async Task AnswerAsync(int code, string body)
    {
        context.Response.StatusCode = code;
        await context.Response.WriteAsync(body);
        Close();
    }

    /// <summary>Takes a watch on. Lines are then sent until it is closed or dropped.</summary>
    public async Task BeginAsync()
    {
        Assert.True(IsWatch);
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
    }

    public async Task SendAsync(string text)
    {
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }

    public Task SendAsync(string type, string @object) => SendAsync($$"""{"type":"{{type}}","object":{{@object}}}""" + "\n");

    public Task BookmarkAsync(string resourceVersion) =>
        SendAsync("BOOKMARK", $$$"""{"kind":"Any","metadata":{"resourceVersion":"{{{resourceVersion}}}"}}""");

    /// <summary>Ends the answer in order.</summary>
    public void Close() => ended.TrySetResult(false);

    /// <summary>Breaks the connection when the answer has begun: before that, an HTTP client may send the request again by itself.</summary>
    public async Task BreakAsync()
    {
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
        Drop();
    }

    /// <summary>Breaks the connection, unless the answer has ended.</summary>
    public void Drop() => ended.TrySetResult(true);
}
