package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3Config says where a bucket is and how to reach it.
type S3Config struct {
	Endpoint  string `toml:"endpoint" help:"Địa chỉ kho S3 (MinIO, Ceph…), ví dụ https://s3.example.vn. Để trống là lưu tệp trong thư mục kho tệp; khi có, thư mục ấy chỉ còn chứa tệp tạm."`
	Bucket    string `toml:"bucket" help:"Tên bucket đã tạo sẵn trong kho S3."`
	Region    string `toml:"region" default:"us-east-1" help:"Vùng của kho S3."`
	Prefix    string `toml:"prefix" help:"Phần đầu của mọi khóa trong bucket, ví dụ lienthong/; để trống là không có."`
	AccessKey string `toml:"access_key" help:"Tên khóa truy cập kho S3."`
	SecretKey string `toml:"secret_key" secret:"true" help:"Khóa bí mật của kho S3; nên đặt bằng biến môi trường LIENTHONG_FILE_S3_SECRET_KEY."`
	VHost     bool   `toml:"vhost" help:"Gọi bucket bằng tên máy (bucket.máy) thay vì đường dẫn (máy/bucket)."`
}

// Validate finds settings that cannot work: "key: what is wrong".
func (c S3Config) Validate() error {
	if c == (S3Config{Region: c.Region}) {
		return nil
	}
	u, err := url.Parse(c.Endpoint)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "":
		return errors.New("s3.endpoint: phải là địa chỉ http hoặc https không kèm đường dẫn, ví dụ https://s3.example.vn")
	case c.Bucket == "":
		return errors.New("s3.bucket: phải có tên bucket")
	case c.AccessKey == "" || c.SecretKey == "":
		return errors.New("s3.access_key: phải có cả tên khóa và khóa bí mật")
	}
	return nil
}

// partSize is how much of a large content one request carries, in bytes.
const partSize = 16 << 20

// s3 is a bucket.
type s3 struct {
	client         *minio.Client
	bucket, prefix string
}

// S3 returns the store in a bucket that is there already. It asks nothing yet.
func S3(c S3Config) (Store, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, err
	}
	o := &minio.Options{Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: u.Scheme == "https", Region: c.Region,
		BucketLookup: minio.BucketLookupPath, MaxRetries: 4}
	if c.VHost {
		o.BucketLookup = minio.BucketLookupDNS
	}
	client, err := minio.New(u.Host, o)
	if err != nil {
		return nil, fmt.Errorf("s3 at %s: %w", u.Host, err)
	}
	return s3{client, c.Bucket, c.Prefix}, nil
}

// Put sends the file, a large one in parts. The client signs or sums what it sends, so it arrives whole or not at all.
func (b s3) Put(ctx context.Context, key string, f *os.File, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	info, err := b.client.PutObject(ctx, b.bucket, b.prefix+key, io.NewSectionReader(f, 0, size), size, minio.PutObjectOptions{
		PartSize: partSize, NumThreads: 1, DisableMultipart: size <= partSize, ContentType: "application/octet-stream"})
	if err == nil && info.Size != size {
		err = fmt.Errorf("s3 stored %d of %d bytes", info.Size, size)
	}
	return err
}

// Open asks for the size; the bytes come as they are read.
func (b s3) Open(ctx context.Context, key string) (Content, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	info, err := b.client.StatObject(ctx, b.bucket, b.prefix+key, minio.StatObjectOptions{})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, &fs.PathError{Op: "open", Path: key, Err: fs.ErrNotExist}
	}
	if err != nil {
		return nil, err
	}
	o, err := b.client.GetObject(ctx, b.bucket, b.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	return object{o, info.Size}, nil
}

type object struct {
	*minio.Object
	size int64
}

func (o object) Size() int64 { return o.size }

// Remove deletes a key.
func (b s3) Remove(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := b.client.RemoveObject(ctx, b.bucket, b.prefix+key, minio.RemoveObjectOptions{})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil
	}
	return err
}

// Each lists the bucket below the prefix.
func (b s3) Each(ctx context.Context, fn func(Entry) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing
	for o := range b.client.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		key := strings.TrimPrefix(o.Key, b.prefix)
		if !validKey.MatchString(key) {
			continue
		}
		if err := fn(Entry{key, o.Size, o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Tidy gives up parts of contents that were never put together.
func (b s3) Tidy(ctx context.Context, before time.Time) error {
	for u := range b.client.ListIncompleteUploads(ctx, b.bucket, b.prefix, true) {
		err := u.Err
		if err == nil && u.Initiated.Before(before) {
			err = b.client.RemoveIncompleteUpload(ctx, b.bucket, u.Key)
		}
		if err != nil && minio.ToErrorResponse(err).Code != minio.NoSuchUpload { // another node was faster
			return err
		}
	}
	return ctx.Err()
}
