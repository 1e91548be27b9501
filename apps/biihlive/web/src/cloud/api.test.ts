import { describe, expect, it, vi } from "vitest";
import { Api, type Send } from "./api";

const refused = { data: null, errors: [{ message: "Token has expired.", errorType: "UnauthorizedException" }] };

describe("the API", () => {
  it("gives the data of the field that was asked for", async () => {
    const send = vi.fn<Send>(async () => ({ isFollowing: true }));
    await expect(new Api(send, async () => "").isFollowing("b")).resolves.toBe(true);
    expect(send).toHaveBeenCalledWith(expect.stringContaining("isFollowing"), { userId: "b" }, false);
  });

  it("renews a refused token, once", async () => {
    const renew = vi.fn(async () => "");
    const send = vi.fn<Send>().mockRejectedValueOnce(refused).mockResolvedValueOnce({ isFollowing: false });
    await expect(new Api(send, renew).isFollowing("b")).resolves.toBe(false);
    expect(renew).toHaveBeenCalledOnce();
    send.mockReset().mockRejectedValue(refused);
    await expect(new Api(send, renew).isFollowing("b")).rejects.toMatchObject({ problem: "session" });
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("says what went wrong", async () => {
    const send: Send = async () => Promise.reject({ errors: [{ message: "there is no such member", errorType: "NotFound" }] });
    await expect(new Api(send, async () => "").follow("x")).rejects.toMatchObject({ problem: "notFound", message: "there is no such member" });
  });

  it("reads what is public without a member's token", async () => {
    const renew = vi.fn(async () => "");
    const api = new Api(async (_query, _variables, openly) => (openly ? { ranking: { items: [] } } : Promise.reject(refused)), renew);
    await expect(api.ranking("PAIS", "ES", null, true)).resolves.toEqual({ items: [] });
    expect(renew).not.toHaveBeenCalled();
  });
});
